import { getActivity, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

const NEWEST = 20;
/** How often what happens now is asked for: an event is seen within seconds, while the page is in sight. */
export const LIVE_MILLISECONDS = 3_000;

export function activityQuery() {
  return queryOptions({
    queryKey: ['activity'],
    queryFn: ({ signal }) => send(getActivity({ query: { limit: NEWEST } }), { signal }),
    refetchInterval: LIVE_MILLISECONDS,
  });
}
