import { getStripeConnection, listSources, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** Where the data come from, and how fresh they are. */
export function sourcesQuery() {
  return queryOptions({
    queryKey: ['sources'],
    queryFn: ({ signal }) => send(listSources(), { signal }),
  });
}

const WHILE_READING = 3_000;

/** The connection to Stripe; asked for again while Stripe is being read, so that its progress is seen. */
export function stripeQuery() {
  return queryOptions({
    queryKey: ['stripe'],
    queryFn: ({ signal }) => send(getStripeConnection(), { signal }),
    refetchInterval: ({ state }) => {
      const status = state.data?.sync?.status;
      return status === 'running' || status === 'due' ? WHILE_READING : false;
    },
  });
}
