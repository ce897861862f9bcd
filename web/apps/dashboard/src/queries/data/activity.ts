import { getActivity, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

import { EVENTS_MILLISECONDS } from '../../live';

const NEWEST = 20;

/** The newest events, asked for while the page is visible: the changes feed has records only. */
export function activityQuery() {
  return queryOptions({
    queryKey: ['activity'],
    queryFn: ({ signal }) => send(getActivity({ query: { limit: NEWEST } }), { signal }),
    refetchInterval: EVENTS_MILLISECONDS,
  });
}
