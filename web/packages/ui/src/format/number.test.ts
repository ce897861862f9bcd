import { expect, test } from 'vitest';

import { formatCount, formatCountChange, formatProbability } from './number';

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
