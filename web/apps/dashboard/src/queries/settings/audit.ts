import { listAuditEntries, send, type ListAuditEntriesData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 50;

export type AuditFilter = Omit<QueryOf<ListAuditEntriesData>, 'limit' | 'cursor'>;

/** The newest entries first. */
export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit-entries', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listAuditEntries({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}
