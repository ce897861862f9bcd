import { listExchangeRates, send, type ListExchangeRatesData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 30;

export type RatesFilter = Omit<QueryOf<ListExchangeRatesData>, 'limit' | 'cursor'>;

export function exchangeRatesQuery(filter: RatesFilter) {
  return infiniteQueryOptions({
    queryKey: ['exchange-rates', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listExchangeRates({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}
