import { expect, test } from 'vitest';

import { catalogue, map } from '../testing/fixtures';
import { starsMissing } from './stars';

const third = { ...map, id: 'quarry', order: 3 };

test('a map opens with one star for each map before it', () => {
  const stars = { meadow: { normal: 1 } };
  expect(starsMissing(third, { stars: {}, kept: new Set() }, catalogue)).toBe(2);
  expect(starsMissing(third, { stars, kept: new Set(['ford']) }, catalogue)).toBe(1);
});

test('stars beyond what a map needs change nothing', () => {
  expect(starsMissing(map, { stars: {}, kept: new Set() }, catalogue)).toBe(0);
  expect(starsMissing(third, { stars: { meadow: { easy: 3 } }, kept: new Set() }, catalogue)).toBe(0);
});

test.each([
  ['was won', { stars: { quarry: { easy: 1 } }, kept: new Set<string>() }],
  ['has a kept match', { stars: {}, kept: new Set(['quarry']) }],
])('a map that %s stays open', (_, opened) => {
  expect(starsMissing(third, opened, catalogue)).toBe(0);
});
