import { expect, test } from 'vitest';

import { spotsAlong } from './paths';

test('steps stand the same length apart along a way, round its corners too, and point along it', () => {
  const way = [0, 0, 2048, 0, 2048, 2048];
  const spots = spotsAlong(way, 1024, 0.5);
  expect(spots.map(({ x, y }) => [x, y])).toEqual([
    [0.5, 0],
    [2, 0],
    [2, 1.5],
  ]);
  expect(spots.map(({ rotation }) => rotation)).toEqual([0, Math.PI / 2, Math.PI / 2]);
});

test('a way of no cells has no steps', () => {
  expect(spotsAlong([], 1024, 0)).toEqual([]);
});
