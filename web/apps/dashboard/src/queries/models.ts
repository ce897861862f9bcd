import { getChurnModel, listChurnModels, listChurnRuns, send } from '@keepwell/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from './pages';

const PAGE_SIZE = 25;
const RUNS_SHOWN = 14;

/** The models that were trained, the newest first. */
export function modelsQuery() {
  return infiniteQueryOptions({
    queryKey: ['models', 'list'],
    queryFn: ({ signal, pageParam }) =>
      send(listChurnModels({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** The scorings of the accounts, the newest first: two weeks of nights at a time. */
export function runsQuery() {
  return infiniteQueryOptions({
    queryKey: ['models', 'runs'],
    queryFn: ({ signal, pageParam }) =>
      send(listChurnRuns({ query: { limit: RUNS_SHOWN, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** One model with its report, by the version in the address. */
export function modelQuery(version: string) {
  return queryOptions({
    queryKey: ['models', 'one', version],
    queryFn: ({ signal }) => send(getChurnModel({ path: { version: Number(version) } }), { signal }),
  });
}
