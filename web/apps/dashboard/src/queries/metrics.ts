import { getMovements, getMrr, send, type MovementsQuery } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** The MRR of a day; of today, by the server's clock, where none is given. */
export function mrrQuery(on?: string) {
  return queryOptions({
    queryKey: ['metrics', 'mrr', on ?? 'today'],
    queryFn: ({ signal }) => send(getMrr(on), { signal }),
  });
}

export function movementsQuery(period: MovementsQuery) {
  return queryOptions({
    queryKey: ['metrics', 'movements', period],
    queryFn: ({ signal }) => send(getMovements(period), { signal }),
  });
}
