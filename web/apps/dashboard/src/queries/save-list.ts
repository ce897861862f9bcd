import { getSaveList, send } from '@keepwell/api';
import { infiniteQueryOptions } from '@tanstack/react-query';

const PAGE_SIZE = 20;

export function saveListQuery() {
  return infiniteQueryOptions({
    queryKey: ['save-list'],
    queryFn: ({ signal, pageParam }) =>
      send(getSaveList({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}
