import { listWriteKeys, send } from '@keepwell/api';
import { infiniteQueryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 50;

export function writeKeysQuery() {
  return infiniteQueryOptions({
    queryKey: ['write-keys'],
    queryFn: ({ signal, pageParam }) =>
      send(listWriteKeys({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}
