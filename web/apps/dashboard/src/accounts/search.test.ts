import { expect, test } from 'vitest';

import { parseAccountsSearch, sortDirection, toggledSort, withFilter } from './search';

test('a full URL is understood', () => {
  const search = { q: 'acme', status: 'trial', plan: 'Pro', sort: '-since', pages: '2' };
  expect(parseAccountsSearch(search)).toEqual({ ...search, pages: 2 });
});

test('nonsense in the URL falls back to the defaults', () => {
  const search = parseAccountsSearch({ q: '', status: 'gone', sort: 'colour', pages: 'x' });
  expect(Object.values(search).every((value) => value === undefined)).toBe(true);
});

test('a changed filter keeps the others and starts with the first page', () => {
  expect(withFilter({ q: 'acme', sort: 'name', pages: 4 }, { status: 'active' })).toEqual({
    q: 'acme',
    sort: 'name',
    status: 'active',
    pages: undefined,
  });
});

test('figures sort from the top first, names from A first, a second click turns them', () => {
  expect([toggledSort('name', 'mrr'), toggledSort('-mrr', 'mrr')]).toEqual(['-mrr', 'mrr']);
  expect([toggledSort('-mrr', 'name'), toggledSort('name', 'name')]).toEqual(['name', '-name']);
});

test('a column shows its own direction only', () => {
  expect(sortDirection('-mrr', 'mrr')).toBe('descending');
  expect(sortDirection('since', 'since')).toBe('ascending');
  expect(sortDirection('-mrr', 'name')).toBeNull();
});
