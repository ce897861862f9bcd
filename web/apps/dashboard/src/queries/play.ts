import { getPlay, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** The URL of the game's files, and the write key for its telemetry. */
export function playQuery() {
  return queryOptions({
    queryKey: ['play'],
    queryFn: ({ signal }) => send(getPlay(), { signal }),
    staleTime: Infinity,
  });
}
