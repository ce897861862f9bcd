import { expect, test } from 'vitest';

import { catalogue } from '../testing/fixtures';
import { countsOf, factsOf, stepsTo, towerTitle } from './labels';

const bolt = catalogue.towers[0] ?? { name: 'bolt', role: '', branches: ['', ''] as const, variants: [] };
const [built, , second, longbow] = bolt.variants;

test('an upgrade has a number, a branch its own name', () => {
  expect([0, 2, 3, 4].map((variant) => towerTitle(bolt, variant))).toEqual([
    'Bolt I',
    'Bolt III',
    'Longbow',
    'Repeater',
  ]);
});

test('what a tower does is said in cells and seconds, and nothing that it cannot do', () => {
  if (built === undefined) throw new Error('no rule');
  expect(factsOf(built, catalogue)).toEqual([
    { name: 'Damage', value: '11' },
    { name: 'Shots a second', value: '2.0' },
    { name: 'Range in cells', value: '3.0' },
  ]);
});

test('an upgrade says what it changes, and what is new', () => {
  if (second === undefined || longbow === undefined) throw new Error('no rule');
  expect(stepsTo(second, longbow, catalogue)).toEqual([
    { name: 'Damage', before: '34', after: '190' },
    { name: 'Pierces armour', before: null, after: '14' },
  ]);
});

test('groups of one kind are counted together', () => {
  expect(
    countsOf([
      [2, 20, 8, 0, 0],
      [0, 3, 8, 0, 0],
      [2, 5, 8, 60, 1],
    ]),
  ).toEqual([
    { kind: 2, count: 25 },
    { kind: 0, count: 3 },
  ]);
});
