import type { MovementsReport } from '@keepwell/api';
import { expect, test } from 'vitest';

import { movementBars } from './movement-bars';
import { waterfallSteps } from './waterfall';

const january: MovementsReport = {
  from: '2024-01-01',
  to: '2024-01-31',
  by: 'month',
  currency: 'USD',
  policy: 'default',
  rows: '/v1/movements',
  periods: [
    {
      start: '2024-01-01',
      end: '2024-01-31',
      opening: '350.00',
      new: '85.00',
      expansion: '50.00',
      contraction: '-80.00',
      churn: '-75.00',
      reactivation: '30.00',
      net: '10.00',
      fx: '0.00',
      closing: '360.00',
      quick_ratio: '1.0645',
      rows: '/v1/movements',
    },
  ],
};

function valuesOf(report: MovementsReport) {
  return Object.fromEntries(movementBars(report, 'month').series.map(({ id, values }) => [id, values]));
}

test('gains are positive and losses negative, each with its exact amount', () => {
  const { points, format } = movementBars(january, 'month');
  expect(points).toEqual([{ id: '2024-01-01', label: 'January 2024', tick: 'Jan 24' }]);
  expect(valuesOf(january)).toEqual({
    new: ['85.00'],
    expansion: ['50.00'],
    reactivation: ['30.00'],
    contraction: ['-80.00'],
    churn: ['-75.00'],
  });
  expect([format('85.00'), format('-80.00')]).toEqual(['+$85.00', '\u2212$80.00']);
});

test('exchange rates have a bar of their own if they changed the revenue', () => {
  const [period] = january.periods;
  if (period === undefined) throw new Error('no period');
  expect(valuesOf({ ...january, periods: [{ ...period, fx: '-4.50' }] })['fx']).toEqual(['-4.50']);
});

test('a waterfall leads from the opening to the closing level, over exchange rates only if they changed anything', () => {
  const [period] = january.periods;
  if (period === undefined) throw new Error('no period');
  const amounts = (fx: `${number}`) =>
    waterfallSteps({ ...period, fx }).map(({ id, amount }) => `${id} ${amount}`);
  expect(amounts('0.00')).toEqual([
    'opening 350.00',
    'new 85.00',
    'expansion 50.00',
    'reactivation 30.00',
    'contraction -80.00',
    'churn -75.00',
    'closing 360.00',
  ]);
  expect(amounts('-4.50')).toContain('fx -4.50');
});
