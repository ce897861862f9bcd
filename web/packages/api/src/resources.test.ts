import * as v from 'valibot';
import { describe, expect, test } from 'vitest';

import { getAccount, listAccounts } from './accounts';
import { getMovements, getMrr } from './metrics';
import { getSaveList } from './save-list';

describe('paths', () => {
  test('what is not asked for is left to the defaults of the server', () => {
    expect(getMrr().path).toBe('/v1/metrics/mrr');
    expect(listAccounts({ q: '', limit: 50, cursor: null }).path).toBe('/v1/accounts?limit=50');
  });

  test('a search text and a descending sort are encoded', () => {
    const { path } = listAccounts({ q: 'a & b', sort: '-mrr', limit: 50, cursor: 'c=1' });
    expect(path).toBe('/v1/accounts?q=a+%26+b&sort=-mrr&limit=50&cursor=c%3D1');
  });

  test('an id cannot leave its place in the path', () => {
    expect(getAccount('../session').path).toBe('/v1/accounts/..%2Fsession');
  });

  test('movements name their period', () => {
    const { path } = getMovements({ from: '2024-01-01', to: '2024-12-31', by: 'month' });
    expect(path).toBe('/v1/metrics/movements?from=2024-01-01&to=2024-12-31&by=month');
  });
});

describe('shapes', () => {
  const unscored = {
    scored_at: null,
    as_of: null,
    currency: 'USD',
    model: null,
    items: [],
    next: null,
  };

  test('a save list before the first training is understood', () => {
    const { schema } = getSaveList({ limit: 20, cursor: null });
    expect(schema !== null && v.is(schema, unscored)).toBe(true);
  });

  test('money that arrives as a number is refused', () => {
    const { schema } = getMrr();
    const answer = { on: '2024-01-01', mrr: 12.5, currency: 'USD', accounts: 1, policy: 'default' };
    expect(schema !== null && v.is(schema, answer)).toBe(false);
  });
});
