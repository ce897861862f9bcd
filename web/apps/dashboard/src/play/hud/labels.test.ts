import { expect, test } from 'vitest';

import { catalogue } from '../testing/fixtures';
import { creepCounts, factsOf, towerTitle, upgradeEffects, withstands } from './labels';

const bolt = catalogue.towers[0] ?? {
  name: 'bolt',
  role: '',
  branches: ['', ''] as const,
  sound: '',
  variants: [],
};
const [built, , second, longbow] = bolt.variants;

test('upgrades have numbers, branches have names', () => {
  expect([0, 2, 3, 4].map((variant) => towerTitle(bolt, variant))).toEqual([
    'Bolt I',
    'Bolt III',
    'Longbow',
    'Repeater',
  ]);
});

test('facts are in cells and seconds, and leave out what the tower cannot do', () => {
  if (built === undefined) throw new Error('no rule');
  expect(factsOf(built, catalogue)).toEqual([
    { name: 'Damage', value: '11' },
    { name: 'Shots per second', value: '2.0' },
    { name: 'Range (cells)', value: '3.0' },
  ]);
});

test('an upgrade lists what it changes and what it adds', () => {
  if (second === undefined || longbow === undefined) throw new Error('no rule');
  expect(upgradeEffects(second, longbow, catalogue)).toEqual([
    { name: 'Damage', before: '34', after: '190' },
    { name: 'Armour piercing', before: null, after: '14' },
  ]);
});

test('groups of the same kind are counted together', () => {
  expect(
    creepCounts([
      [2, 20, 8, 0, 0],
      [0, 3, 8, 0, 0],
      [2, 5, 8, 60, 1],
    ]),
  ).toEqual([
    { kind: 2, count: 25 },
    { kind: 0, count: 3 },
  ]);
});

test('what a creep withstands is said in words', () => {
  expect(catalogue.creeps.map(withstands)).toEqual([
    ['No armour'],
    ['Armour 6: each hit does that much less', 'Immune to mortar towers'],
  ]);
});
