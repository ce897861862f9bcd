import { getOutcomes, getSaveCase, listSaveCases, send } from '@keepwell/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from './pages';

const PAGE_SIZE = 20;

/** What following up was worth. */
export function outcomesQuery() {
  return queryOptions({
    queryKey: ['outcomes'],
    queryFn: ({ signal }) => send(getOutcomes(), { signal }),
  });
}

export type CaseQuery = NonNullable<Parameters<typeof listSaveCases>[0]>['query'];

/** Cases, the latest first; those of accounts left alone only for those who have the permission `holdout`. */
export function casesQuery(filter: Omit<NonNullable<CaseQuery>, 'limit' | 'cursor'>) {
  return infiniteQueryOptions({
    queryKey: ['save_cases', 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listSaveCases({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** The latest cases of an account. */
export function casesOfAccountQuery(accountId: string) {
  return queryOptions({
    queryKey: ['save_cases', 'account', accountId],
    queryFn: async ({ signal }) =>
      (await send(listSaveCases({ query: { account_id: accountId, limit: 5 } }), { signal })).items,
  });
}

/** One case with its contacts. */
export function caseQuery(caseId: string) {
  return queryOptions({
    queryKey: ['save_cases', 'one', caseId],
    queryFn: ({ signal }) => send(getSaveCase({ path: { case_id: caseId } }), { signal }),
  });
}
