/** Arbitrary charts for the tests. */

import * as fc from 'fast-check';

import type { ChartSeries, ChartValue } from './core/model';

/** Unknown values, zeros, money, and numbers far beyond what floats can add. */
export const anyValue: fc.Arbitrary<ChartValue> = fc.oneof(
  fc.constant(null),
  fc.constant('0' as const),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => (cents / 100).toFixed(2) as ChartValue),
  fc.constantFrom<ChartValue>('9'.repeat(400) as ChartValue, `-${'9'.repeat(320)}` as ChartValue),
  fc.constantFrom<ChartValue>(`0.${'0'.repeat(330)}1` as ChartValue, `-0.${'0'.repeat(305)}1` as ChartValue),
);

export const anyValues: fc.Arbitrary<readonly ChartValue[]> = fc.array(anyValue, { maxLength: 40 });

export const anySeries: fc.Arbitrary<readonly ChartSeries[]> = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 6 }))
  .chain(([points, count]) =>
    fc.array(fc.array(anyValue, { minLength: points, maxLength: points }), {
      minLength: count,
      maxLength: count,
    }),
  )
  .map((all) =>
    all.map((values, index) => ({ id: `${index}`, label: `Series ${index}`, color: 'red', values })),
  );

/** Every number in a path. */
export function numbersIn(path: string): number[] {
  return path
    .split(/[A-Za-z, ]+/)
    .filter((part) => part !== '')
    .map(Number);
}
