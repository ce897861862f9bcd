import { getMovements, getMrr, send, type GetMovementsData, type QueryOf } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

export type MovementsFilter = QueryOf<GetMovementsData>;

/** The MRR on a day; by default today, by the server's clock. */
export function mrrQuery(on?: string) {
  return queryOptions({
    queryKey: ['metrics', 'mrr', on ?? 'today'],
    queryFn: ({ signal }) => send(getMrr({ query: { on } }), { signal }),
  });
}

export function movementsQuery(query: MovementsFilter) {
  return queryOptions({
    queryKey: ['metrics', 'movements', query],
    queryFn: ({ signal }) => send(getMovements({ query }), { signal }),
  });
}
