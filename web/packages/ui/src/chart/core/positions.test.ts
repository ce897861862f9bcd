import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelLines, nearestPoint, pointByKey, positionsOf, spreadLabels, tickIndexes } from './positions';

test('a line begins and ends at the edges, bars have a band each, one point is in the middle', () => {
  expect(positionsOf(3, 'edges')).toEqual([0, 50, 100]);
  expect(positionsOf(2, 'bands')).toEqual([25, 75]);
  expect(positionsOf(1, 'edges')).toEqual([50]);
});

test('a pointer means the nearest point, also beyond the edges', () => {
  const lefts = [0, 50, 100];
  expect([-10, 24, 26, 130].map((left) => nearestPoint(lefts, left))).toEqual([0, 0, 1, 2]);
});

test('keys walk, stop at the ends, and others mean nothing', () => {
  const keys = ['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'Tab'];
  expect(keys.map((key) => pointByKey(key, 0, 12))).toEqual([0, 1, 0, 11, 2, null]);
});

test('at most twelve ticks, evenly spaced, include the last point', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
      const indexes = tickIndexes(count).map(({ index }) => index);
      expect(indexes.length).toBeLessThanOrEqual(12);
      expect(indexes.at(-1)).toBe(count - 1);
      const gaps = new Set(indexes.slice(1).map((index, at) => index - (indexes[at] ?? 0)));
      expect(gaps.size).toBeLessThanOrEqual(1);
    }),
  );
});

test('labels that are close are moved apart, in their order and inside the chart', () => {
  expect(spreadLabels([50, 48], 10)).toEqual([58, 48]);
  expect(spreadLabels([99, 98], 10)).toEqual([100, 90]);
  expect(spreadLabels([], 10)).toEqual([]);
});

test('labels that are near each other are on lines of their own, as long as there are lines', () => {
  expect(labelLines([0, 50, 100])).toEqual([0, 0, 0]);
  expect(labelLines([60, 50, 100])).toEqual([1, 0, 0]);
  expect(labelLines([0, 5, 10, 15])).toEqual([0, 1, 2, null]);
});
