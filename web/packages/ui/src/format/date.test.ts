import { expect, test } from 'vitest';

import {
  addDays,
  formatDay,
  formatMoment,
  formatMonth,
  formatMonthTick,
  formatRecentMoment,
  startOfMonthBefore,
} from './date';

test('a day stays itself west of Greenwich', () => {
  expect(formatDay('2024-01-01')).toBe('Jan 1, 2024');
});

test('a moment names its zone', () => {
  expect(formatMoment('2024-12-31T23:30:00Z').replace(/\s/g, ' ')).toBe('Dec 31, 2024, 11:30 PM UTC');
});

test('a recent moment does without its year', () => {
  expect(formatRecentMoment('2024-12-31T23:30:00Z').replace(/\s/g, ' ')).toBe('Dec 31, 11:30 PM UTC');
});

test('months read in full, ticks short, with the year where it turns', () => {
  expect(formatMonth('2024-02-01')).toBe('February 2024');
  expect([formatMonthTick('2024-02-01'), formatMonthTick('2024-01-01')]).toEqual(['Feb', 'Jan 24']);
});

test('thirty days before the first of March passes a leap day', () => {
  expect(addDays('2024-03-01', -30)).toBe('2024-01-31');
});

test('eleven months before the 31st is the first of a month, not an overflow', () => {
  expect(startOfMonthBefore('2024-12-31', 11)).toBe('2024-01-01');
  expect(startOfMonthBefore('2024-03-31', 1)).toBe('2024-02-01');
});
