import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { anyValues } from '../testing';
import { fitDomain, fromTop, tickLabels } from './domain';
import { toNumber } from './model';

test('the domain fits the data: 308 does not get an axis up to 600', () => {
  expect(fitDomain([0, 308], { zero: true })).toEqual({ low: 0, high: 350, ticks: [0, 100, 200, 300] });
});

test('the domain of a line does not reach down to zero, that of bars does', () => {
  expect(fitDomain([54_306, 74_218])).toEqual({
    low: 54_000,
    high: 76_000,
    ticks: [55_000, 60_000, 65_000, 70_000, 75_000],
  });
  expect(fitDomain([54_306, 74_218], { zero: true }).low).toBe(0);
});

test.each([
  [1, [0, 1]],
  [2, [0, 1, 2]],
  [3, [0, 1, 2, 3]],
])('a count of at most %d has whole ticks only', (most, ticks) => {
  expect(fitDomain([0, most], { zero: true, whole: true }).ticks).toEqual(ticks);
});

test('one value lies in the middle, and zeros or nothing at the bottom of the axis', () => {
  const single = fitDomain([50]);
  expect(fromTop(50, single)).toBeCloseTo(50, 0);
  for (const values of [[0, 0], [], [null]]) {
    expect(fitDomain(values, { zero: true })).toMatchObject({ low: 0, high: 1 });
  }
});

test('negative values alone have an axis below zero', () => {
  const { low, high } = fitDomain([-40, -10], { zero: true });
  expect([low, high]).toEqual([-40, 0]);
});

test('whatever the values are, all of them and all ticks lie on the axis', () => {
  fc.assert(
    fc.property(anyValues, fc.boolean(), fc.boolean(), (values, zero, whole) => {
      const numbers = values.map(toNumber);
      const domain = fitDomain(numbers, { zero, whole });
      expect(domain.high).toBeGreaterThan(domain.low);
      expect(domain.ticks.length).toBeGreaterThanOrEqual(1);
      expect(domain.ticks.length).toBeLessThanOrEqual(10);
      for (const number of [...numbers, ...domain.ticks]) {
        if (number === null) continue;
        const top = fromTop(number, domain);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(100);
      }
    }),
  );
});

test('less than a step is empty above the largest and below the smallest value', () => {
  const cents = fc.integer({ min: -5_000_000, max: 5_000_000 });
  fc.assert(
    fc.property(fc.uniqueArray(cents, { minLength: 2 }), (numbers) => {
      const { low, high, ticks } = fitDomain(numbers);
      const step = (ticks[1] ?? high) - (ticks[0] ?? low);
      expect(high - Math.max(...numbers)).toBeLessThan(step);
      expect(Math.min(...numbers) - low).toBeLessThan(step);
    }),
  );
});

test('labels get as many decimal places as tell the ticks apart, and no more', () => {
  const format = (value: number, places: number) => value.toFixed(places);
  expect(tickLabels([1, 2], format).map(({ label }) => label)).toEqual(['1.0', '2.0']);
  expect(tickLabels([1.001, 1.002], format).map(({ label }) => label)).toEqual(['1.001', '1.002']);
  expect(tickLabels([1, 2], () => 'the same')).toHaveLength(2);
});
