import { expect, test } from 'vitest';

import { affectedKeys } from './affected';

test('a changed account affects its page, the lists and the figures', () => {
  const keys = affectedKeys([{ version: 1, kind: 'accounts', record_id: 'a1' }]);
  expect(keys).toContainEqual(['account', 'a1']);
  for (const name of ['accounts', 'metrics', 'save-list']) expect(keys).toContainEqual([name]);
});

test('a kind without an entry affects the queries that are named after it', () => {
  expect(affectedKeys([{ version: 1, kind: 'tasks', record_id: 't1' }])).toEqual([['tasks']]);
});

test('a crawl of websites affects their page, and what shows its signals', () => {
  const keys = affectedKeys([{ version: 1, kind: 'crawls', record_id: 'w1' }]);
  for (const name of ['websites', 'save-list', 'account']) expect(keys).toContainEqual([name]);
});

test('an import affects the pages about data, the marks on charts, and the list that it makes old, but no figure', () => {
  expect(affectedKeys([{ version: 1, kind: 'imports', record_id: 'i1' }])).toEqual([
    ['import'],
    ['sources'],
    ['stripe'],
    ['dead-letters'],
    ['metrics', 'annotations'],
    ['save-list'],
    ['today'],
    ['imports'],
  ]);
});

test('many changes name each query once', () => {
  const changes = Array.from({ length: 50 }, (_, version) => ({ version, kind: 'invoices', record_id: 'i' }));
  const keys = affectedKeys(changes).map((key) => JSON.stringify(key));
  expect(new Set(keys).size).toBe(keys.length);
});
