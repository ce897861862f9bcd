import * as v from 'valibot';
import { expect, test } from 'vitest';

import { getMovements, getMrr } from './metrics';

test('the MRR of no given day is that of the server today', () => {
  expect(getMrr().path).toBe('/v1/metrics/mrr');
});

test('movements name their period', () => {
  const { path } = getMovements({ from: '2024-01-01', to: '2024-12-31', by: 'month' });
  expect(path).toBe('/v1/metrics/movements?from=2024-01-01&to=2024-12-31&by=month');
});

test('money that arrives as a number is refused', () => {
  const { schema } = getMrr();
  const answer = { on: '2024-01-01', mrr: 12.5, currency: 'USD', accounts: 1, policy: 'default' };
  expect(schema !== null && v.is(schema, answer)).toBe(false);
});
