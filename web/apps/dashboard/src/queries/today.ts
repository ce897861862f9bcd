import { getToday, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

/** What a member wants to know in the morning, from one snapshot. */
export function todayQuery() {
  return queryOptions({
    queryKey: ['today'],
    queryFn: ({ signal }) => send(getToday(), { signal }),
  });
}
