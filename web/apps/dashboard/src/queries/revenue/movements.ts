import { getMovementTotals, listMovements, send, type ListMovementsData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

const PAGE_SIZE = 20;

export type MovementRowsFilter = Omit<QueryOf<ListMovementsData>, 'limit' | 'cursor' | 'fields'>;

/** The rows behind a figure. */
export function movementRowsQuery(filter: MovementRowsFilter) {
  return infiniteQueryOptions({
    queryKey: ['movements', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listMovements({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** How many they are, and their sum. */
export function movementTotalsQuery(filter: MovementRowsFilter) {
  return queryOptions({
    queryKey: ['movements', 'totals', filter],
    queryFn: ({ signal }) => send(getMovementTotals({ query: filter }), { signal }),
  });
}
