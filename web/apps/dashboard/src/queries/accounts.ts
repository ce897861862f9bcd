import { getAccount, listAccounts, send, type ListAccountsData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { LIVE_MILLISECONDS } from './activity';

const PAGE_SIZE = 50;

export type AccountsFilter = Omit<QueryOf<ListAccountsData>, 'limit' | 'cursor'>;

/** While a changed filter loads, the previous rows stay visible. */
export function accountsQuery(filter: AccountsFilter) {
  return infiniteQueryOptions({
    queryKey: ['accounts', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listAccounts({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/** Refetched while the page is visible, because the activity includes events of the last seconds. */
export function accountQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id],
    queryFn: ({ signal }) => send(getAccount({ path: { account_id: id } }), { signal }),
    refetchInterval: ({ state }) => (state.status === 'success' ? LIVE_MILLISECONDS : false),
  });
}
