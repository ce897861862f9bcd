import { describe, expect, test } from 'vitest';

import {
  describeChange,
  formatMoney,
  formatMoneyChange,
  formatMoneyRounded,
  formatMoneyTick,
  moneyParts,
} from './money';

test('an amount beyond the exact range of floats keeps its cents', () => {
  expect(formatMoney('9007199254740993.07', 'USD')).toBe('$9,007,199,254,740,993.07');
});

test('a currency without minor units shows none', () => {
  expect(moneyParts('1500.00', 'JPY')).toEqual({ whole: '¥1,500', fraction: '', suffix: '' });
});

test('the fraction is separated from the whole', () => {
  expect(moneyParts('1283540.00', 'USD')).toEqual({ whole: '$1,283,540', fraction: '.00', suffix: '' });
});

test('a change keeps its sign when it is split', () => {
  expect(moneyParts('12.50', 'USD', 'exceptZero').whole).toBe('+$12');
});

test('a rise has a sign, no change has none', () => {
  expect(formatMoneyChange('12.50', 'EUR')).toBe('+€12.50');
  expect(formatMoneyChange('0.00', 'EUR')).toBe('€0.00');
});

test('ticks of an axis are short', () => {
  expect(formatMoneyTick(1_250_000, 'USD')).toBe('$1.3M');
});

describe('describeChange', () => {
  test('a fall is exact in amount and percent', () => {
    expect(describeChange('200.00', '150.10', 'USD')).toEqual({
      direction: -1,
      amount: '−$49.90',
      percent: '−25%',
    });
  });

  test('a change from zero has no percentage', () => {
    expect(describeChange('0.00', '49.00', 'USD')).toEqual({
      direction: 1,
      amount: '+$49.00',
      percent: null,
    });
  });
});

test('an amount that rounds to zero has no sign', () => {
  expect([
    formatMoney('-0.004', 'USD'),
    formatMoneyRounded('-0.4', 'USD'),
    formatMoneyTick(-0.04, 'USD'),
  ]).toEqual(['$0.00', '$0', '$0.0']);
  expect(moneyParts('-0.0004', 'KWD')).toMatchObject({ fraction: '.000' });
  expect(moneyParts('-0.0004', 'KWD').whole).not.toContain('\u2212');
});
