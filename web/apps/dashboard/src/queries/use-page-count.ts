import { useEffect } from 'react';

interface Pages {
  readonly data?: { readonly pages: readonly unknown[] } | undefined;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isError: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** Loads pages until there are as many as the URL asks for; one by one, because each needs the previous cursor. */
export function usePageCount(query: Pages, wanted: number): void {
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const loaded = query.data?.pages.length ?? 0;
  const next = loaded > 0 && loaded < wanted && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (next) void fetchNextPage();
  }, [next, fetchNextPage]);
}
