import type { CohortLine } from '@keepwell/api';
import { expect, test } from 'vitest';

import { customersTable, leastKept, revenueTable, survival } from './cohort-table';

const january: CohortLine = {
  month: '2026-01-01',
  size: 4,
  accounts: [4, 3, 2, null],
  mrr: ['40.00', '45.00', '20.00', null],
  rows: '/v1/movements',
};
const february: CohortLine = {
  month: '2026-02-01',
  size: 2,
  accounts: [2, 2, null],
  mrr: ['20.00', '20.00', null],
  rows: '/v1/movements',
};
const april: CohortLine = {
  month: '2026-04-01',
  size: 0,
  accounts: [null],
  mrr: [null],
  rows: '/v1/movements',
};
const cohorts = [january, february, april];

test('cohorts are shares of their size, and what has not ended is unknown', () => {
  const { columns, rows, foot } = customersTable(cohorts);
  expect(columns).toEqual(['0', '1', '2']);
  expect(rows.map(({ values }) => values)).toEqual([
    ['1.0000', '0.7500', '0.5000', null],
    ['1.0000', '1.0000', null],
    [null],
  ]);
  expect(foot.size).toBe('6');
  expect(foot.values).toEqual(['1.0000', '0.8333', '0.5000']);
});

test('revenue is a share of that of the first month, and may exceed it', () => {
  expect(revenueTable(cohorts).rows[0]?.values).toEqual(['1.0000', '1.1250', '0.5000', null]);
});

test('survival multiplies what was kept from month to month', () => {
  expect(survival(cohorts)).toEqual([1, 5 / 6, (5 / 6) * (2 / 3)]);
  expect(survival([april])).toEqual([null]);
});

test('the cohort that has kept least is one that is large and old enough', () => {
  const small = [{ ...january, accounts: [4, 3, 3, 1] }, february];
  expect(leastKept(customersTable(small), small)).toBeNull();
  const large = [{ ...january, size: 40, accounts: [40, 30, 30, 10] }, february];
  expect(leastKept(customersTable(large), large)).toEqual({ month: 'Jan 2026', share: '0.2500', months: 3 });
});
