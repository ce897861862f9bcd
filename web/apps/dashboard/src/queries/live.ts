import { getChurnDrift, getChurnLive, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** What lists turned out to be worth, with the verdict on the served probabilities. */
export function liveQuery() {
  return queryOptions({
    queryKey: ['models', 'live'],
    queryFn: ({ signal }) => send(getChurnLive(), { signal }),
  });
}

/** How far the newest list's accounts are from those of the training. */
export function driftQuery() {
  return queryOptions({
    queryKey: ['models', 'drift'],
    queryFn: ({ signal }) => send(getChurnDrift(), { signal }),
  });
}
