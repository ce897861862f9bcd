import { getActivity, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

const NEWEST = 20;
/** Refetch interval of live data, so that an event appears within seconds. */
export const LIVE_MILLISECONDS = 3_000;

export function activityQuery() {
  return queryOptions({
    queryKey: ['activity'],
    queryFn: ({ signal }) => send(getActivity({ query: { limit: NEWEST } }), { signal }),
    refetchInterval: LIVE_MILLISECONDS,
  });
}
