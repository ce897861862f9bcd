import { describe, expect, test } from 'vitest';

import { columnRoom, DEEPEST, shadeBy } from './heat';
import { layIntervals } from './intervals';
import type { ChartData, ChartValue } from './model';
import { changesText, pointText, spokenText } from './point-text';
import { layReliability } from './reliability';
import {
  summarizeBars,
  summarizeHeat,
  summarizeLines,
  summarizeReliability,
  summarizeWaterfall,
} from './summary';
import { layWaterfall } from './waterfall';

function data(...all: (readonly ChartValue[])[]): ChartData {
  const count = Math.max(...all.map(({ length }) => length));
  return {
    points: Array.from({ length: count }, (_, index) => ({
      ...{ id: `${index}`, label: `day ${index + 1}`, tick: `${index + 1}` },
    })),
    series: all.map((values, index) => ({ id: `${index}`, label: 'AB'[index] ?? '', color: 'red', values })),
    format: (value) => `$${value}`,
  };
}

describe('one sentence', () => {
  test('of a line has its course, its extremes and its gaps, exactly', () => {
    expect(summarizeLines(data(['9007199254740993.07', null, '1.00', '2.00']))).toBe(
      'A fell from $9007199254740993.07 (day 1) to $2.00 (day 4); lowest $1.00 (day 3), ' +
        'highest $9007199254740993.07 (day 1); 1 of 4 unknown.',
    );
  });

  test('of an earlier period names the points of that period', () => {
    const { series, ...rest } = data(['1.00', '2.00']);
    const earlier = series.map((one) => ({ ...one, pointLabels: ['day 8', 'day 9'], earlier: true }));
    expect(summarizeLines({ ...rest, series: earlier })).toBe(
      'A rose from $1.00 (day 8) to $2.00 (day 9); lowest $1.00 (day 8), highest $2.00 (day 9).',
    );
  });

  test('of one point, and of none', () => {
    expect(summarizeLines(data(['5']))).toBe('A: $5 (day 1).');
    expect(summarizeLines(data([null]))).toBe('A: no value is known.');
    expect(summarizeLines({ ...data(['5']), series: [] })).toBe('No value is known.');
  });

  test('of bars has exact sums, and says what they leave out', () => {
    expect(summarizeBars(data(['0.10', '0.20'], ['-1', null]))).toBe('In total: A $0.30, B $-1 (1 unknown).');
    expect(summarizeBars(data(['1', '3']))).toBe('In total: A $4. Most: $3 (day 2).');
  });

  test('of a waterfall names what its steps do not explain', () => {
    const steps = [
      { id: 'a', label: 'Opening', tick: 'Open', kind: 'level', amount: '10' },
      { id: 'b', label: 'New', tick: 'New', kind: 'change', amount: '5' },
      { id: 'c', label: 'Closing', tick: 'Close', kind: 'level', amount: '16' },
    ] as const;
    const signed = (amount: string, { kind }: { kind: string }) =>
      kind === 'change' ? `+${amount}` : amount;
    expect(summarizeWaterfall(layWaterfall(steps), signed)).toBe(
      'Opening 10, New +5, Closing 16. Not explained by the steps: +1.',
    );
  });

  test('of a heat table and of a reliability plot has the extremes', () => {
    const rows = [{ id: 'jan', label: 'January', values: ['100', '90', null] as const }];
    expect(summarizeHeat(['0', '1', '2'], rows, (value) => `${value}%`)).toBe(
      'Lowest 90% (January, 1), highest 100% (January, 0).',
    );
    const groups = [
      { id: 'a', predicted: 0.1, observed: 0.1, count: 9 },
      { id: 'b', predicted: 0.5, observed: 0.3, count: 4 },
      { id: 'c', predicted: 0.9, observed: null, count: 0 },
    ];
    expect(summarizeReliability(groups, String)).toBe(
      '2 of 3 groups were observed. Farthest apart: 0.5 predicted, 0.3 observed.',
    );
  });
});

test('a point is spoken with all its values; unknown is said, and zero is no change', () => {
  const both = data(['0', '7'], [null, '0']);
  expect(spokenText(pointText(both, 0))).toBe('day 1, A $0, B unknown');
  expect(spokenText(changesText(both, 0))).toBe('day 1, B unknown');
  expect(spokenText(changesText(data(['0']), 0))).toBe('day 1, Nothing happened');
});

test('shades go from light to the deepest that text can be read on; unknown has none', () => {
  const shade = shadeBy(['60', '100', null]);
  expect([shade('60'), shade('100'), shade(null)]).toEqual([6, DEEPEST, null]);
  expect(shadeBy(['5', '5'])('5')).toBe(DEEPEST);
});

test('a narrow heat table shows its first and last column, and at most five', () => {
  for (const count of [1, 2, 12, 24, 36]) {
    const rooms = Array.from({ length: count }, (_, column) => columnRoom(column, count));
    expect([rooms[0], rooms.at(-1)]).toEqual(['narrow', 'narrow']);
    expect(rooms.filter((room) => room === 'narrow').length).toBeLessThanOrEqual(5);
  }
});

test('an interval that contains no effect is unsure, and so is an unknown one', () => {
  const of = (value: ChartValue, low: ChartValue, high: ChartValue) => ({
    ...{ id: 'a', label: 'Mail', value, low, high, text: '' },
  });
  const { marks, noEffect } = layIntervals(
    [of('-10', '-18', '-2'), of('-9', '-19', '1'), of('-9', '-19', '0'), of(null, null, null)],
    0,
  );
  expect(marks.map(({ isUnsure }) => isUnsure)).toEqual([false, true, true, true]);
  expect(marks[3]?.place).toBeNull();
  expect(noEffect).toBeGreaterThan(0);
});

test('a group without observations has no dot, and the area of a dot is in proportion to its count', () => {
  const { marks } = layReliability([
    { id: 'b', predicted: 0.4, observed: null, count: 0 },
    { id: 'a', predicted: 0.2, observed: 0.25, low: 0.1, high: 0.4, count: 100 },
  ]);
  expect(marks.map(({ top }) => top === null)).toEqual([false, true]);
  expect(marks.map(({ size }) => size)).toEqual([14, 5]);
  expect(layReliability([]).marks).toEqual([]);
});
