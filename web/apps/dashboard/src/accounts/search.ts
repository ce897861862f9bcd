import type { AccountItem } from '@keepwell/api';
import type { SortDirection } from '@keepwell/ui';

import type { AccountsFilter } from '../queries/accounts';
import { parseChoice, parsePageCount } from '../shell/plain-search';

export type AccountStatus = AccountItem['status'];
const ACCOUNT_STATUSES = ['active', 'trial', 'churned', 'prospect'] as const satisfies AccountStatus[];

export type AccountSort = NonNullable<AccountsFilter['sort']>;
export const ACCOUNT_SORTS = [
  '-mrr',
  'mrr',
  'name',
  '-name',
  '-since',
  'since',
] as const satisfies AccountSort[];

/** Everything that decides which accounts are shown lives in the URL. What is absent is the default. */
export interface AccountsSearch {
  readonly q?: string | undefined;
  readonly status?: AccountStatus | undefined;
  readonly plan?: string | undefined;
  readonly sort?: AccountSort | undefined;
  readonly pages?: number | undefined;
}

export const DEFAULT_SORT: AccountSort = '-mrr';

export function parseAccountsSearch(search: Record<string, unknown>): AccountsSearch {
  return {
    q: parseText(search['q']),
    status: parseChoice(search['status'], ACCOUNT_STATUSES),
    plan: parseText(search['plan']),
    sort: parseChoice(search['sort'], ACCOUNT_SORTS),
    pages: parsePageCount(search['pages']),
  };
}

/** A changed filter or order starts again with the first page. */
export function withFilter(search: AccountsSearch, change: Omit<AccountsSearch, 'pages'>): AccountsSearch {
  return { ...search, ...change, pages: undefined };
}

export type SortField = 'mrr' | 'name' | 'since';

/** The present sort direction of a column; null if the list is sorted by another one. */
export function sortDirection(sort: AccountSort, field: SortField): SortDirection | null {
  if (sort === field) return 'ascending';
  return sort === `-${field}` ? 'descending' : null;
}

/** The order after a click on a column: names first from A, figures and dates first from the top, then the other way. */
export function toggledSort(sort: AccountSort, field: SortField): AccountSort {
  const first = field === 'name' ? field : (`-${field}` as const);
  const second = field === 'name' ? (`-${field}` as const) : field;
  return sort === first ? second : first;
}

function parseText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
