import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { texts } from '../../texts';
import { captureChart, disturbedAt, foundAt, precisionAt, precisionChart, rocChart } from './curves';

const words = texts.models.judged.subscription;
const roc = [
  { false_positive_rate: 0, true_positive_rate: 0 },
  { false_positive_rate: 0, true_positive_rate: 0.4 },
  { false_positive_rate: 0.2, true_positive_rate: 0.6 },
  { false_positive_rate: 1, true_positive_rate: 1 },
];

test('a ROC curve that rises at once begins at the top of its rise, and is straight between its points', () => {
  expect(foundAt(roc, 0)).toBe(0.4);
  expect(foundAt(roc, 0.1)).toBeCloseTo(0.5);
  expect(foundAt(roc, 1)).toBe(1);
});

test('a ROC curve never falls, however its points lie', () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(shares, shares, (across, up) => {
      const size = Math.min(across.length, up.length);
      const [xs, ys] = [across, up].map((all) => all.slice(0, size).toSorted((one, other) => one - other));
      const inner = xs?.map((x, at) => ({ false_positive_rate: x, true_positive_rate: ys?.[at] ?? 0 })) ?? [];
      const curve = [roc[0], ...inner, roc[3]].filter((point) => point !== undefined);
      const found = Array.from({ length: 21 }, (_, step) => foundAt(curve, step / 20));
      expect(found.every((value, at) => value >= (found[at - 1] ?? 0) - 1e-9 && value <= 1)).toBe(true);
    }),
  );
});

test('half of those who left are found at the first point that reaches them', () => {
  expect(disturbedAt(roc, 0.5)).toBe(0.2);
  expect(disturbedAt([], 0.5)).toBeNull();
});

test('precision is that of the first point that finds enough, not of a line between two points', () => {
  const points = [
    { recall: 0, precision: 1 },
    { recall: 0.5, precision: 0.3 },
    { recall: 0.5, precision: 0.2 },
    { recall: 1, precision: 0.1 },
  ];
  expect(precisionAt(points, 0.4)).toBe(0.3);
  expect(precisionAt(points, 0.5)).toBe(0.3);
  expect(precisionAt(points, 0.6)).toBe(0.1);
  const [own, random] = precisionChart(points, 0.1, words.precision).series;
  expect(own?.values[0]).toBe('0.3000');
  expect(random?.values.at(-1)).toBe('0.1000');
});

test('where the points end before everybody is found, the rest of the precision is unknown', () => {
  const [own] = precisionChart([{ recall: 0.5, precision: 0.3 }], 0.1, words.precision).series;
  expect(own?.values.at(-1)).toBeNull();
});

test('each point of a curve has an id of its own', () => {
  const ids = rocChart(roc, words.roc).points.map(({ id }) => id);
  expect(new Set(ids).size).toBe(21);
});

test('if no MRR was lost the capture has no line of it, rather than one of zeros', () => {
  const tenths = [1, 2].map((decile) => ({ decile, of_departures: decile / 2, of_lost_mrr: null }));
  expect(captureChart(tenths, words.capture).series.map(({ id }) => id)).toEqual(['model', 'chance']);
  const known = tenths.map((tenth) => ({ ...tenth, of_lost_mrr: 0.5 }));
  expect(captureChart(known, words.capture).series.map(({ id }) => id)).toEqual(['model', 'mrr', 'chance']);
});
