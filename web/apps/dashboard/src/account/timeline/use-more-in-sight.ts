import { useEffect, useRef, type RefObject } from 'react';

interface Pages {
  readonly data?: { readonly pages: readonly unknown[] } | undefined;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly isError: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/** How far below the window the end may be when the next page is asked for. */
const AHEAD = '1200px';

/**
 * Loads the next page when the end of the list comes near the window. A page may be short or empty and still have a next
 * one, so the end is looked at again after each page.
 */
export function useMoreInSight(query: Pages): RefObject<HTMLDivElement | null> {
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const loaded = query.data?.pages.length ?? 0;
  const isWaiting = hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (!isWaiting || end.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => {
      observer.disconnect();
    };
  }, [isWaiting, loaded, fetchNextPage]);
  return end;
}
