import { listTokens, send } from '@keepwell/api';
import { infiniteQueryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 50;

export function tokensQuery() {
  return infiniteQueryOptions({
    queryKey: ['tokens'],
    queryFn: ({ signal, pageParam }) =>
      send(listTokens({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
