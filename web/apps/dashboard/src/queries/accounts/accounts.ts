import {
  getAccount,
  getAccountFacets,
  getAccountTotals,
  listAccounts,
  send,
  type ListAccountsData,
  type QueryOf,
} from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { EVENTS_MILLISECONDS } from '../../live';

/** How many accounts are asked for at once. */
export const ACCOUNTS_OF_A_PAGE = 100;

export type AccountsFilter = Omit<QueryOf<ListAccountsData>, 'limit' | 'cursor' | 'fields'>;

/** Where the pages of a list begin, as far as that is known, and how many accounts it has once the last page is. */
export interface PageStarts {
  readonly cursors: readonly (string | null)[];
  readonly end: number | null;
  /** The reader has gone to the end, so that all rows can be scrolled to. */
  readonly isEndAsked: boolean;
}

const FIRST_PAGE: PageStarts = { cursors: [null], end: null, isEndAsked: false };

/** Written by the pages of the list as they come in: the cursor of a page is in the one before. */
export function accountStartsQuery(filter: AccountsFilter) {
  return queryOptions({
    queryKey: ['accounts', 'starts', filter],
    queryFn: () => FIRST_PAGE,
    initialData: FIRST_PAGE,
    staleTime: 'static',
  });
}

/** The same accounts from the last one to the first. */
export function reversed(filter: AccountsFilter): AccountsFilter {
  const { sort = '-mrr' } = filter;
  const isDescending = sort.startsWith('-');
  return { ...filter, sort: (isDescending ? sort.slice(1) : `-${sort}`) as typeof sort };
}

/** The pages of a list of accounts begin with this. */
export function accountPagesKey(filter: AccountsFilter) {
  return ['accounts', 'page', filter] as const;
}

/** The page of that number, which begins at the cursor. */
export function accountPageQuery(filter: AccountsFilter, index: number, cursor: string | null) {
  return queryOptions({
    queryKey: [...accountPagesKey(filter), index, cursor],
    queryFn: async ({ signal, client }) => {
      const page = await send(listAccounts({ query: { ...filter, limit: ACCOUNTS_OF_A_PAGE, cursor } }), {
        signal,
      });
      const { queryKey } = accountStartsQuery(filter);
      client.setQueryData(queryKey, (starts = FIRST_PAGE) => withPage(starts, index, page));
      return page.items;
    },
  });
}

/** The starts after page `index` came in. A page that was known to follow keeps its place until it is asked for again. */
function withPage(
  starts: PageStarts,
  index: number,
  page: { readonly items: readonly unknown[]; readonly next: string | null },
): PageStarts {
  if (page.next === null) {
    const end = index * ACCOUNTS_OF_A_PAGE + page.items.length;
    return { ...starts, cursors: starts.cursors.slice(0, index + 1), end };
  }
  const cursors = [...starts.cursors];
  cursors[index + 1] = page.next;
  const isLonger = starts.end !== null && starts.end <= (index + 1) * ACCOUNTS_OF_A_PAGE;
  return { ...starts, cursors, end: isLonger ? null : starts.end };
}

/** How many accounts the filter finds, and their MRR. The totals of the last filter stay while these load. */
export function accountTotalsQuery(list: AccountsFilter) {
  const filter = { ...list };
  delete filter.sort;
  return queryOptions({
    queryKey: ['accounts', 'totals', filter],
    queryFn: ({ signal }) => send(getAccountTotals({ query: filter }), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The plans, countries and industries that accounts have. */
export function accountFacetsQuery() {
  return queryOptions({
    queryKey: ['accounts', 'facets'],
    queryFn: ({ signal }) => send(getAccountFacets(), { signal }),
    staleTime: 300_000,
  });
}

/** A list of accounts, page by page. While a changed filter loads, the previous rows stay visible. */
export function accountsQuery(filter: AccountsFilter) {
  return infiniteQueryOptions({
    queryKey: ['accounts', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listAccounts({ query: { ...filter, limit: ACCOUNTS_OF_A_PAGE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

const FOUND = 8;

/** The first accounts that a text finds. */
export function foundAccountsQuery(q: string) {
  return queryOptions({
    queryKey: ['accounts', 'found', q],
    queryFn: ({ signal }) => send(listAccounts({ query: { q, limit: FOUND } }), { signal }),
  });
}

/** Refetched while the page is visible, because the activity includes events, which the changes feed has not. */
export function accountQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id],
    queryFn: ({ signal }) => send(getAccount({ path: { account_id: id } }), { signal }),
    refetchInterval: ({ state }) => (state.status === 'success' ? EVENTS_MILLISECONDS : false),
  });
}

/** One account, to see whether there is any. */
export function anyAccountQuery() {
  return queryOptions({
    queryKey: ['accounts', 'any'],
    queryFn: ({ signal }) => send(listAccounts({ query: { limit: 1 } }), { signal }),
  });
}
