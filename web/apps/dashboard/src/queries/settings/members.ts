import { listMemberAccess, listMembers, send } from '@keepwell/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 100;

export function membersQuery() {
  return infiniteQueryOptions({
    queryKey: ['members', 'list'],
    queryFn: ({ signal, pageParam }) =>
      send(listMembers({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** How each member can sign in; for those who may change settings. */
export function memberAccessQuery() {
  return queryOptions({
    queryKey: ['members', 'access'],
    queryFn: ({ signal }) => send(listMemberAccess(), { signal }),
  });
}
