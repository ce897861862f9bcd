import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changeRatio, isDecimal, negate, sign, subtract, sum, type Decimal } from './decimal';

const cents = fc
  .bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
  .map((units) => sum([`${units / 100n}` as Decimal, hundredths(units % 100n)]));

function hundredths(units: bigint): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(2, '0');
  return `${units < 0n ? '-' : ''}0.${digits}` as Decimal;
}

describe('sum', () => {
  test('tenths that floats get wrong add up exactly', () => {
    expect(sum(['0.10', '0.20'])).toBe('0.30');
  });

  test('amounts beyond the exact range of floats keep every digit', () => {
    expect(sum(['9007199254740993.01', '0.01'])).toBe('9007199254740993.02');
  });

  test('terms with different places keep the longest', () => {
    expect(sum(['1', '0.5', '-0.25'])).toBe('1.25');
  });

  test('no terms sum to zero', () => {
    expect(sum([])).toBe('0');
  });

  test('order changes nothing', () => {
    fc.assert(fc.property(cents, cents, (left, right) => sum([left, right]) === sum([right, left])));
  });
});

describe('subtract', () => {
  test('a fall below one unit keeps its sign and its zero', () => {
    expect(subtract('10.00', '10.05')).toBe('-0.05');
  });

  test('subtracting what was added restores the amount', () => {
    fc.assert(
      fc.property(cents, cents, (start, change) => subtract(sum([start, change]), change) === sum([start])),
    );
  });
});

describe('changeRatio', () => {
  test('a rise from 100 to 112.5 is an eighth', () => {
    expect(changeRatio('100.00', '112.50')).toBe('0.1250');
  });

  test('a half in the last place rounds away from zero on both sides', () => {
    expect(changeRatio('8', '9', 2)).toBe('0.13');
    expect(changeRatio('8', '7', 2)).toBe('-0.13');
  });

  test('a change from zero has no ratio', () => {
    expect(changeRatio('0.00', '5.00')).toBeNull();
  });
});

describe('sign and negate', () => {
  test('negative zero is zero', () => {
    expect(sign('-0.00')).toBe(0);
    expect(negate('0.00')).toBe('0.00');
  });

  test('negation turns the sign', () => {
    expect([sign('3'), sign(negate('3'))]).toEqual([1, -1]);
  });
});

describe('isDecimal', () => {
  test.each(['1e3', '', '.5', '5.', '+1', 'NaN', '1,000'])('%j is refused', (text) => {
    expect(isDecimal(text)).toBe(false);
  });
});
