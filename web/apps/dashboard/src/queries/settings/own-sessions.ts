import { listSessions, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** The browsers in which the member is signed in. */
export function ownSessionsQuery() {
  return queryOptions({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => send(listSessions(), { signal }),
  });
}
