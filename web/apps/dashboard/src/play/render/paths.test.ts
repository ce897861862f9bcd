import { expect, test } from 'vitest';

import { spotsAlong } from './paths';

test('footprints are evenly spaced along a path, around corners too, and point along it', () => {
  const path = [0, 0, 2048, 0, 2048, 2048];
  const spots = spotsAlong(path, 1024, 0.5);
  expect(spots.map(({ x, y }) => [x, y])).toEqual([
    [0.5, 0],
    [2, 0],
    [2, 1.5],
  ]);
  expect(spots.map(({ rotation }) => rotation)).toEqual([0, Math.PI / 2, Math.PI / 2]);
});

test('an empty path has no footprints', () => {
  expect(spotsAlong([], 1024, 0)).toEqual([]);
});
