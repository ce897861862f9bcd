import { getChurnDrift, getChurnLive, listChurnLiveLists, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

const LISTS = 30;

/** What lists turned out to be worth, with the verdict on the served probabilities. */
export function liveQuery() {
  return queryOptions({
    queryKey: ['models', 'live'],
    queryFn: ({ signal }) => send(getChurnLive(), { signal }),
  });
}

/** The newest judgements of lists. */
export function judgedListsQuery() {
  return queryOptions({
    queryKey: ['models', 'live', 'lists'],
    queryFn: ({ signal }) => send(listChurnLiveLists({ query: { limit: LISTS } }), { signal }),
  });
}

/** How far the newest list's accounts are from those of the training. */
export function driftQuery() {
  return queryOptions({
    queryKey: ['models', 'drift'],
    queryFn: ({ signal }) => send(getChurnDrift(), { signal }),
  });
}
