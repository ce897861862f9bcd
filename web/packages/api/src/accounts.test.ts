import { expect, test } from 'vitest';

import { getAccount, listAccounts } from './accounts';

test('filters that are not set are left to the defaults of the server', () => {
  expect(listAccounts({ q: '', limit: 50, cursor: null }).path).toBe('/v1/accounts?limit=50');
});

test('a search text, a descending sort and a cursor are encoded', () => {
  const { path } = listAccounts({ q: 'a & b', sort: '-mrr', limit: 50, cursor: 'c=1' });
  expect(path).toBe('/v1/accounts?q=a+%26+b&sort=-mrr&limit=50&cursor=c%3D1');
});

test('an id cannot leave its place in the path', () => {
  expect(getAccount('../session').path).toBe('/v1/accounts/..%2Fsession');
});
