import { expect, test } from 'vitest';

import { figureChange, figureText } from './figure-text';

test('a figure is written in its unit', () => {
  expect(figureText('74218.40', 'money', 'USD')).toBe('$74,218.40');
  expect(figureText('-12.00', 'change', 'USD')).toBe('−$12.00');
  expect(figureText('0.9262', 'ratio', 'USD')).toBe('92.6%');
  expect(figureText('0.0191', 'rate', 'USD')).toBe('1.91%');
  expect(figureText('612', 'count', 'USD')).toBe('612');
  expect(figureText('2.2749', 'number', 'USD')).toBe('2.27');
});

test('money changes by its percentage, exactly also by its amount; ratios change by points', () => {
  const usd = { unit: 'money', currency: 'USD' } as const;
  expect(figureChange('54306.40', '74218.40', usd)).toEqual({
    direction: 1,
    shortDirection: 1,
    short: '+36.7%',
    exact: '+$19,912.00 (+36.7%)',
  });
  expect(figureChange('0', '5.00', usd)?.short).toBe('+$5.00');
  expect(figureChange('0.7950', '0.7890', { ...usd, unit: 'ratio' })).toEqual({
    direction: -1,
    shortDirection: -1,
    short: '−0.6 points',
    exact: '−0.6 points',
  });
});

test('a change that rounds to nothing has no direction, exact amounts keep theirs', () => {
  const usd = { unit: 'money', currency: 'USD' } as const;
  expect(figureChange('10000.00', '9999.00', usd)).toEqual({
    direction: -1,
    shortDirection: 0,
    short: '0.0%',
    exact: '−$1.00 (0.0%)',
  });
  expect(figureChange('0.79501', '0.79500', { ...usd, unit: 'ratio' })?.shortDirection).toBe(0);
});

test('an unknown value has no change', () => {
  expect(figureChange(null, '5.00', { unit: 'money', currency: 'USD' })).toBeNull();
  expect(figureChange('5.00', null, { unit: 'money', currency: 'USD' })).toBeNull();
});
