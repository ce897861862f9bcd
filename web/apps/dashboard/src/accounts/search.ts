import type { AccountItem, ChurnKind } from '@keepwell/api';
import type { SortDirection } from '@keepwell/ui';

import type { AccountsFilter } from '../queries/accounts/accounts';
import { readAmount, readChoice, readDay, readText, type ReadValue, type SearchSpec } from '../shell/search';

export type AccountStatus = AccountItem['status'];
export const ACCOUNT_STATUSES = ['active', 'trial', 'churned', 'prospect'] as const satisfies AccountStatus[];
export const CHURN_KINDS = ['voluntary', 'involuntary'] as const satisfies ChurnKind[];

export type AccountSort = NonNullable<AccountsFilter['sort']>;
export const ACCOUNT_SORTS = [
  '-mrr',
  'mrr',
  'name',
  '-name',
  '-since',
  'since',
  '-churned_on',
  'churned_on',
] as const satisfies AccountSort[];

/** What decides which accounts are shown; both ends of a range are included. */
export interface AccountFilters {
  readonly q?: string | undefined;
  readonly status?: AccountStatus | undefined;
  readonly plan?: string | undefined;
  readonly country?: string | undefined;
  readonly industry?: string | undefined;
  readonly mrr_from?: string | undefined;
  readonly mrr_to?: string | undefined;
  readonly since_from?: string | undefined;
  readonly since_to?: string | undefined;
  readonly churned_from?: string | undefined;
  readonly churned_to?: string | undefined;
  readonly risk_from?: number | undefined;
  readonly risk_to?: number | undefined;
  readonly kind?: ChurnKind | undefined;
}

export type FilterName = keyof AccountFilters;

/** Everything that decides what is shown is in the address. What is missing has its default. */
export interface AccountsSearch extends AccountFilters {
  readonly sort?: AccountSort | undefined;
  /** All filters, in a sheet. */
  readonly sheet?: 'filters' | undefined;
}

export const DEFAULT_SORT: AccountSort = '-mrr';

/** A probability from 0 to 1. */
const readProbability: ReadValue<number> = (text) =>
  /^(0|1|0?\.\d{1,6}|1\.0{1,6})$/.test(text) ? Number(text) : undefined;

/** MRR has two places. */
const readMrr: ReadValue<string> = (text) => (/^\d+(\.\d{1,2})?$/.test(text) ? readAmount(text) : undefined);

export const accountsSearch: SearchSpec<AccountsSearch> = {
  q: readText,
  status: readChoice(ACCOUNT_STATUSES),
  plan: readText,
  country: readText,
  industry: readText,
  mrr_from: readMrr,
  mrr_to: readMrr,
  since_from: readDay,
  since_to: readDay,
  churned_from: readDay,
  churned_to: readDay,
  risk_from: readProbability,
  risk_to: readProbability,
  kind: readChoice(CHURN_KINDS),
  sort: readChoice(ACCOUNT_SORTS),
  sheet: readChoice(['filters']),
};

/** Whether there is any filter: the order is none. */
export function isFiltered(search: AccountsSearch): boolean {
  return Object.entries(search).some(
    ([name, value]) => name !== 'sort' && name !== 'sheet' && value !== undefined,
  );
}

/** The address without its filters; the order stays. */
export function withoutFilters({ sort, sheet }: AccountsSearch): AccountsSearch {
  return { sort, sheet };
}

/** What the list is of: the open sheet does not change it. */
export function withoutSheet(search: AccountsSearch): Omit<AccountsSearch, 'sheet'> {
  const filter = { ...search };
  delete filter.sheet;
  return filter;
}

export type SortField = 'mrr' | 'name' | 'since';

/** The current direction of a column; null if the list is sorted by another. */
export function sortDirection(sort: AccountSort, field: SortField): SortDirection | null {
  if (sort === field) return 'ascending';
  return sort === `-${field}` ? 'descending' : null;
}

/** The order after a click on a column: first names ascending, figures and dates descending; then the reverse. */
export function toggledSort(sort: AccountSort, field: SortField): AccountSort {
  const first = field === 'name' ? field : (`-${field}` as const);
  const second = field === 'name' ? (`-${field}` as const) : field;
  return sort === first ? second : first;
}

/** The export of exactly these accounts. */
export function exportAddress(search: AccountsSearch): string {
  const given = Object.entries(search).filter(([name, value]) => name !== 'sheet' && value !== undefined);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === '' ? '/v1/accounts.csv' : `/v1/accounts.csv?${query}`;
}
