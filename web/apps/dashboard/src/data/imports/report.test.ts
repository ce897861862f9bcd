import { expect, test } from 'vitest';

import { driftPlace, driftText, entityReports, takenBack, totals } from './report';

const accounts = {
  file: 'customers.csv',
  read: 10,
  derived: 2,
  imported: 7,
  updated: 3,
  unchanged: 4,
  skipped: 0,
  dead_lettered: 1,
  reasons: { 'missing-value': 1 },
  unmapped: ['rabatt'],
};

test('new rows are the imported ones without the updated ones, and derived rows count as read', () => {
  const [report] = entityReports({ summary: { entities: { accounts } } });
  expect(report).toMatchObject({ entity: 'accounts', read: 12, added: 4, updated: 3, keptAside: 1 });
  expect(report?.reasons).toEqual([{ code: 'missing-value', count: 1 }]);
  expect(report?.unmapped).toEqual(['rabatt']);
});

test('an import that has counted nothing has no totals, which is not zero', () => {
  expect(totals({ summary: null })).toBeNull();
  expect(totals({ summary: { entities: { accounts } } })).toEqual({ read: 12, changed: 7, keptAside: 1 });
});

test('a report of another shape counts nothing and fails nothing', () => {
  expect(entityReports({ summary: { entities: { accounts: null, plans: [] } } })).toHaveLength(2);
  expect(entityReports({ summary: { entities: 7 } })).toEqual([]);
});

test('a difference of columns is said in words, also one of a kind that is not known', () => {
  expect(driftText({ kind: 'renamed', column: 'company', found: 'firm' })).toContain('“firm”');
  expect(driftText({ kind: 'split', column: 'name' })).toBe('“name”: split');
  expect(driftPlace({ rows: 1200, first: 'a.csv:2' })).toBe('in 1,200 rows, first at a.csv:2');
  expect(driftPlace({})).toBe('');
});

test('what an undo takes back is said of each kind, in any number', () => {
  const said = takenBack({ deletes: { refunds: 1, plans: 0 }, restores: { invoices: 1447 } });
  expect(said).toBe('Refunds deleted: 1. Invoices restored: 1,447.');
});
