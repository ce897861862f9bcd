import { expect, test } from 'vitest';

import { catalogue } from '../testing/fixtures';
import { comingCreeps, factsOf, towerTitle, upgradeEffects, withstands } from './labels';

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

test('groups of a kind from the same spawn are counted together, with the health of each creep', () => {
  const groups = [
    [2, 20, 8, 0, 0],
    [0, 3, 8, 0, 0],
    [2, 5, 8, 60, 1],
    [2, 4, 8, 90, 0],
  ] as const;
  expect(comingCreeps({ groups, health: [30, 60, 30, 30] })).toEqual([
    { kind: 2, spawn: 0, count: 24, health: 30 },
    { kind: 0, spawn: 0, count: 3, health: 60 },
    { kind: 2, spawn: 1, count: 5, health: 30 },
  ]);
});

test('what a creep withstands is said in words', () => {
  expect(catalogue.creeps.map(withstands)).toEqual([
    ['No armour'],
    ['Armour 6: each hit does that much less', 'Immune to mortar towers'],
  ]);
});
