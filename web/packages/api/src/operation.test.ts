import * as v from 'valibot';
import { expect, expectTypeOf, test } from 'vitest';

import type { Decimal } from './decimal';
import type { Endpoint } from './endpoint';
import {
  createAccount,
  getAccount,
  getAccountTimeline,
  getCohorts,
  getMovements,
  getMrr,
  getSaveList,
  listAccounts,
  refreshAccessToken,
  type AccountPage,
} from './generated';

test('filters that are not set are left out', () => {
  const { path } = listAccounts({ query: { q: '', status: undefined, limit: 50, cursor: null } });
  expect(path).toBe('/v1/accounts?limit=50');
});

test('an operation whose input is all optional needs none', () => {
  expect(getMrr()).toMatchObject({ method: 'GET', path: '/v1/metrics/mrr' });
});

test('a list is a parameter that is repeated', () => {
  const { path } = getAccountTimeline({ path: { account_id: 'a' }, query: { kinds: ['charge', 'refund'] } });
  expect(path).toBe('/v1/accounts/a/timeline?kinds=charge&kinds=refund');
});

test('query values are encoded', () => {
  const { path } = listAccounts({ query: { q: 'a & b', sort: '-mrr', limit: 50, cursor: 'c=1' } });
  expect(path).toBe('/v1/accounts?q=a+%26+b&sort=-mrr&limit=50&cursor=c%3D1');
});

test('an id cannot break out of its segment of the path', () => {
  expect(getAccount({ path: { account_id: '../session' } }).path).toBe('/v1/accounts/..%2Fsession');
});

test('a body is part of the call, and a form stays a form', () => {
  const body = { external_id: 'cus_1', name: 'First account' };
  expect(createAccount({ body })).toMatchObject({ method: 'POST', path: '/v1/accounts', body });
  const grant = { grant_type: 'refresh_token', refresh_token: 'a&b' } as const;
  expect(String(refreshAccessToken({ body: grant }).body)).toBe(
    'grant_type=refresh_token&refresh_token=a%26b',
  );
});

test('a call has the types of its operation', () => {
  expectTypeOf(listAccounts()).toEqualTypeOf<Endpoint<AccountPage>>();
  expectTypeOf<AccountPage['items'][number]['mrr']>().toEqualTypeOf<Decimal>();
  // @ts-expect-error  No account has this status.
  listAccounts({ query: { status: 'asleep' } });
  // @ts-expect-error  A period has two ends.
  getMovements({ query: { from: '2024-01-01' } });
  // @ts-expect-error  An account is named by its id.
  expect(() => getAccount()).not.toThrow();
});

test('money that arrives as a number is rejected', () => {
  const answer = {
    on: '2024-01-01',
    mrr: '12.5',
    arr: '150',
    arpa: null,
    currency: 'USD',
    accounts: 1,
    unrated: [],
  };
  const report = { ...answer, policy: 'default', rows: '/v1/accounts' };
  expect(v.is(getMrr().schema, report)).toBe(true);
  expect(v.is(getMrr().schema, { ...report, mrr: 12.5 })).toBe(false);
  expect(v.is(listAccounts().schema, { items: [{ mrr: 12.5 }], next: null })).toBe(false);
});

test('figures in a list are decimals or null', () => {
  const { schema } = getCohorts({ query: { from: '2024-01-01', to: '2024-02-29' } });
  const report = (mrr: unknown[]) => ({
    from: '2024-01-01',
    to: '2024-02-29',
    currency: 'USD',
    policy: 'default',
    rows: '/v1/movements',
    cohorts: [{ month: '2024-01-01', size: 2, accounts: [2, null], mrr, rows: '/v1/movements' }],
  });
  expect(v.is(schema, report(['20.00', null]))).toBe(true);
  expect(v.is(schema, report([20, null]))).toBe(false);
});

test('a save list without a model is valid', () => {
  const answer = {
    run: null,
    scored_at: null,
    as_of: null,
    currency: 'USD',
    policy: 'default',
    model: null,
    silence: null,
    outdated: false,
    horizon_ends_on: null,
    totals: {
      voluntary: 0,
      involuntary: 0,
      voluntary_mrr: '0.00',
      involuntary_mrr: '0.00',
      voluntary_at_risk: '0.00',
      involuntary_at_risk: '0.00',
      left_alone: 0,
    },
  };
  expect(v.is(getSaveList().schema, { ...answer, items: [], next: null })).toBe(true);
});
