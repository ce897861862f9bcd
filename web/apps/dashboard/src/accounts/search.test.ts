import { expect, test } from 'vitest';

import { parseAccountsSearch, sortDirection, toggledSort, withFilter } from './search';

test('all parameters of the URL are parsed', () => {
  const search = { q: 'acme', status: 'trial', plan: 'Pro', sort: '-since', pages: '2' };
  expect(parseAccountsSearch(search)).toEqual({ ...search, pages: 2 });
});

test('invalid values in the URL fall back to the defaults', () => {
  const search = parseAccountsSearch({ q: '', status: 'gone', sort: 'colour', pages: 'x' });
  expect(Object.values(search).every((value) => value === undefined)).toBe(true);
});

test('changing a filter keeps the others and goes back to the first page', () => {
  expect(withFilter({ q: 'acme', sort: 'name', pages: 4 }, { status: 'active' })).toEqual({
    q: 'acme',
    sort: 'name',
    status: 'active',
    pages: undefined,
  });
});

test('figures sort descending first, names ascending, and a second click reverses them', () => {
  expect([toggledSort('name', 'mrr'), toggledSort('-mrr', 'mrr')]).toEqual(['-mrr', 'mrr']);
  expect([toggledSort('-mrr', 'name'), toggledSort('name', 'name')]).toEqual(['name', '-name']);
});

test('only the sorted column has a direction', () => {
  expect(sortDirection('-mrr', 'mrr')).toBe('descending');
  expect(sortDirection('since', 'since')).toBe('ascending');
  expect(sortDirection('-mrr', 'name')).toBeNull();
});
