import { getSaveList, listAccountsLeftAlone, send, type ChurnKind } from '@keepwell/api';
import { infiniteQueryOptions } from '@tanstack/react-query';

const PAGE_SIZE = 20;

/** The save list, of one kind or of both. */
export function saveListQuery(kind?: ChurnKind) {
  return infiniteQueryOptions({
    queryKey: ['save-list', kind ?? 'all'],
    queryFn: ({ signal, pageParam }) =>
      send(getSaveList({ query: { kind, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** The accounts that are left alone, by name; for those who have the permission `holdout`. */
export function leftAloneQuery() {
  return infiniteQueryOptions({
    queryKey: ['save-list', 'left-alone'],
    queryFn: ({ signal, pageParam }) =>
      send(listAccountsLeftAlone({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}
