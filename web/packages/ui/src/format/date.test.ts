import { expect, test } from 'vitest';

import {
  addDays,
  formatDay,
  formatMoment,
  formatMonth,
  formatMonthTick,
  formatRecentMoment,
  startOfMonthBefore,
  yearBefore,
} from './date';

test('a day is not shifted by a time zone west of Greenwich', () => {
  expect(formatDay('2024-01-01')).toBe('Jan 1, 2024');
});

test('a moment includes its time zone', () => {
  expect(formatMoment('2024-12-31T23:30:00Z').replace(/\s/g, ' ')).toBe('Dec 31, 2024, 11:30 PM UTC');
});

test('a recent moment leaves out the year', () => {
  expect(formatRecentMoment('2024-12-31T23:30:00Z').replace(/\s/g, ' ')).toBe('Dec 31, 11:30 PM UTC');
});

test('months are written in full, ticks are short and include the year in January', () => {
  expect(formatMonth('2024-02-01')).toBe('February 2024');
  expect(formatMonth('2024-02-01', 'short')).toBe('Feb 2024');
  expect([formatMonthTick('2024-02-01'), formatMonthTick('2024-01-01')]).toEqual(['Feb', 'Jan 24']);
});

test('subtracting days crosses a leap day', () => {
  expect(addDays('2024-03-01', -30)).toBe('2024-01-31');
});

test('going back months from the 31st does not overflow into the next month', () => {
  expect(startOfMonthBefore('2024-12-31', 11)).toBe('2024-01-01');
  expect(startOfMonthBefore('2024-03-31', 1)).toBe('2024-02-01');
});

test('a year before a leap day is the last of February', () => {
  expect(yearBefore('2024-02-29')).toBe('2023-02-28');
  expect(yearBefore('2024-11-30')).toBe('2023-11-30');
});
