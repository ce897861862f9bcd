import { getAccountTimeline, send, type GetAccountTimelineData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

export type TimelineKind = NonNullable<QueryOf<GetAccountTimelineData>['kinds']>[number];

const PAGE_SIZE = 50;
/** A refetch reads every page again, one after the other: a long way down, the history is left as it was read. */
const MOST_PAGES_TO_REFETCH = 4;

/** What every room knows of an account, newest first; of all kinds, or of these. */
export function timelineQuery(id: string, kinds?: readonly TimelineKind[]) {
  return infiniteQueryOptions({
    queryKey: ['account', id, 'timeline', kinds ?? 'all'],
    queryFn: ({ signal, pageParam }) => {
      const query = { kinds: kinds && [...kinds], limit: PAGE_SIZE, cursor: pageParam };
      return send(getAccountTimeline({ path: { account_id: id }, query }), { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchOnWindowFocus: isShort,
    refetchOnReconnect: isShort,
  });
}

function isShort({
  state,
}: {
  readonly state: { readonly data?: { readonly pages: readonly unknown[] } | undefined };
}) {
  return (state.data?.pages.length ?? 0) <= MOST_PAGES_TO_REFETCH;
}

const HIGHLIGHTS = 100;

/** The newest scores and charges, and what is planned, whatever the timeline is filtered by: for the figures and the rail. */
export function highlightsQuery(id: string) {
  return queryOptions({
    queryKey: ['account', id, 'highlights'],
    queryFn: ({ signal }) => {
      const query = { kinds: ['score' as const, 'charge' as const], limit: HIGHLIGHTS };
      return send(getAccountTimeline({ path: { account_id: id }, query }), { signal });
    },
  });
}
