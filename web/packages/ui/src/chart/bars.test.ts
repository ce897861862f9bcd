import { expect, test } from 'vitest';

import { isFlat, presentValues, tickCount, type BarGroup } from './bars';

const series = [
  { id: 'new', label: 'New', color: 'blue' },
  { id: 'churn', label: 'Churn', color: 'red' },
];

function group(newPlot: number, churnPlot: number): BarGroup {
  const values = {
    new: { plot: newPlot, text: String(newPlot) },
    churn: { plot: churnPlot, text: String(churnPlot) },
  };
  return { id: 'jan', label: 'January', tick: 'Jan', values };
}

test('a chart without any bar is flat, one with a single negative bar is not', () => {
  expect(isFlat([group(0, 0)])).toBe(true);
  expect(isFlat([group(0, 0), group(0, -3)])).toBe(false);
});

test('values of zero are left out', () => {
  expect(presentValues(series, group(0, -3)).map(([one]) => one.label)).toEqual(['Churn']);
});

test('few counts get one tick each, more get at most five', () => {
  expect(tickCount([group(1, 0), group(0, 0)])).toBe(2);
  expect(tickCount([group(1, 1)])).toBe(3);
  expect(tickCount([group(2, -3)])).toBe(4);
  expect(tickCount([group(250, -80)])).toBe(5);
});

test('without any bar the axis still has two ticks', () => {
  expect(tickCount([])).toBe(2);
});
