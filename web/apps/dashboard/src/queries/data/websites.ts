import {
  getWebsiteTotals,
  listCrawls,
  listWebsites,
  send,
  type ListWebsitesData,
  type QueryOf,
} from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 50;

export type WebsitesFilter = Pick<QueryOf<ListWebsitesData>, 'in_state'>;

/** The websites of accounts by the account's name. */
export function websitesQuery(filter: WebsitesFilter) {
  return infiniteQueryOptions({
    queryKey: ['websites', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listWebsites({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}

/** How many websites are in which state. */
export function websiteTotalsQuery() {
  return queryOptions({
    queryKey: ['websites', 'totals'],
    queryFn: ({ signal }) => send(getWebsiteTotals(), { signal }),
  });
}

// One that dies says no more, so that nothing tells its page.
const ASKED_EVERY_MS = 60_000;

/** The newest crawl, which may be under way. */
export function newestCrawlQuery() {
  return queryOptions({
    queryKey: ['websites', 'crawl'],
    queryFn: async ({ signal }) => {
      const { items } = await send(listCrawls({ query: { sort: '-started_at', limit: 1 } }), { signal });
      return items[0] ?? null;
    },
    refetchInterval: ({ state }) => (state.data?.state === 'under_way' ? ASKED_EVERY_MS : false),
  });
}
