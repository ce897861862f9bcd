import { expect, test } from 'vitest';

import { droppedNames, readSearch } from '../shell/search';
import { filtersInWords } from './chips';
import { accountsSearch, exportAddress, sortDirection, toggledSort } from './search';

test('all filters of the address are read', () => {
  const search = {
    q: 'acme',
    status: 'trial',
    plan: 'Pro',
    sort: '-since',
    mrr_from: '49.00',
    churned_to: '2026-01-31',
    risk_from: '0.25',
    kind: 'voluntary',
  };
  expect(readSearch(accountsSearch, search)).toEqual({ ...search, risk_from: 0.25 });
});

test('nonsense in the address is dropped by its name', () => {
  const search = {
    status: 'gone',
    mrr_from: '1e9',
    since_to: '2026-02-30',
    risk_to: '1.5',
    pages: '2',
    q: 'x',
  };
  expect(readSearch(accountsSearch, search)).toEqual({ q: 'x' });
  expect(droppedNames(accountsSearch, search)).toEqual([
    'status',
    'mrr_from',
    'since_to',
    'risk_to',
    'pages',
  ]);
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

test('the export has the filters and the order of the view', () => {
  expect(exportAddress({ plan: 'Pro & more', sort: 'name', risk_from: 0.5, sheet: 'filters' })).toBe(
    '/v1/accounts.csv?plan=Pro+%26+more&sort=name&risk_from=0.5',
  );
});

test('a range is one filter in words, with the ends that are set', () => {
  const words = (search: Parameters<typeof filtersInWords>[0]) =>
    filtersInWords(search, 'USD').map(({ label, value }) => `${label} ${value}`);
  expect(words({ mrr_from: '49', mrr_to: '99.50' })).toEqual(['MRR $49.00 to $99.50']);
  expect(words({ since_from: '2026-01-31' })).toEqual(['Since from Jan 31, 2026']);
  expect(words({ risk_to: 0.25, plan: 'Pro' })).toEqual(['Plan Pro', 'Chance up to 25%']);
});
