import {
  listWebhookDeliveries,
  listWebhookEndpoints,
  send,
  type ListWebhookDeliveriesData,
  type QueryOf,
} from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 25;

export type DeliveriesFilter = Omit<QueryOf<ListWebhookDeliveriesData>, 'limit' | 'cursor'>;

export function endpointsQuery() {
  return infiniteQueryOptions({
    queryKey: ['webhook-endpoints'],
    queryFn: ({ signal, pageParam }) =>
      send(listWebhookEndpoints({ query: { limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
  });
}

/** The newest deliveries first. */
export function deliveriesQuery(filter: DeliveriesFilter) {
  return infiniteQueryOptions({
    queryKey: ['webhook-deliveries', filter],
    queryFn: ({ signal, pageParam }) =>
      send(
        listWebhookDeliveries({ query: { ...filter, sort: '-id', limit: PAGE_SIZE, cursor: pageParam } }),
        { signal },
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}
