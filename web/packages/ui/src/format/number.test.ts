import { expect, test } from 'vitest';

import {
  formatCount,
  formatCountChange,
  formatDecimal,
  formatPoints,
  formatProbability,
  formatRatio,
} from './number';

test.each([
  [0, '0%'],
  [0.004, '0.4%'],
  [0.04, '4.0%'],
  [0.087, '8.7%'],
  [0.42, '42%'],
  [1, '100%'],
])('the probability %d is written %s', (probability, text) => {
  expect(formatProbability(probability)).toBe(text);
});

test('a count has separators and a change has a sign', () => {
  expect([formatCount(12345), formatCountChange(7), formatCountChange(0)]).toEqual(['12,345', '+7', '0']);
});

test('exact ratios are percentages, and their difference is in points', () => {
  expect([formatRatio('0.9262'), formatRatio('0.0191', 2)]).toEqual(['92.6%', '1.91%']);
  expect([formatPoints('0.0190'), formatPoints('-0.0022', 2), formatPoints('0')]).toEqual([
    '+1.9',
    '\u22120.22',
    '0.0',
  ]);
  expect(formatDecimal('2.2749')).toBe('2.27');
});

test('a number that rounds to zero has no sign', () => {
  expect([formatRatio('-0.0001'), formatDecimal('-0.001')]).toEqual(['0.0%', '0.00']);
});
