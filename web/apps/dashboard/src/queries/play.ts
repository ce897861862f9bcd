import { getPlay, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** Where the game's files are, and the key with which it tells of its matches. */
export function playQuery() {
  return queryOptions({
    queryKey: ['play'],
    queryFn: ({ signal }) => send(getPlay(), { signal }),
    staleTime: Infinity,
  });
}
