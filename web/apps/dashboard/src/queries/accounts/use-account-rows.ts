import type { AccountItem, AccountTotals, ApiError } from '@keepwell/api';
import { hashKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';

import {
  ACCOUNTS_OF_A_PAGE,
  accountPageQuery,
  accountStartsQuery,
  accountTotalsQuery,
  reversed,
  type AccountsFilter,
  type PageStarts,
} from './accounts';
import { fromTheEnd, pageOf, pagesBefore, useAccountPages, type PagesInView } from './use-account-pages';

export interface AccountRows {
  /** How many rows can be scrolled to; undefined until the first page is there. */
  readonly count: number | undefined;
  /** The row at a place; undefined while its page is loading. */
  readonly rowAt: (index: number) => AccountItem | undefined;
  /** Says which rows are in sight. */
  readonly onView: (first: number, last: number) => void;
  /** From now on all rows can be scrolled to. */
  readonly toEnd: () => void;
  readonly totals: AccountTotals | undefined;
  /** The rows are those of the filter before. */
  readonly isOutdated: boolean;
  readonly error: ApiError | null;
  readonly retry: () => void;
}

/**
 * The accounts of a list by their place. Pages are asked for before they come into sight, in both directions, and those far
 * from sight are forgotten, so that a list of any length takes the same memory. Rows near the end are read from there, in
 * the reverse order. The rows of the last filter stay until the first of the next are there.
 */
export function useAccountRows(wanted: AccountsFilter): AccountRows {
  const filter = useLoadedFilter(wanted);
  const isOutdated = hashKey([filter]) !== hashKey([wanted]);
  const first = useQuery(accountPageQuery(wanted, 0, null));
  // After the rows, which the reader waits for: both read every account.
  const { data: totals } = useQuery({ ...accountTotalsQuery(wanted), enabled: first.data !== undefined });
  const { view, onView } = useView();
  const list = useBothEnds(filter, view, isOutdated ? undefined : totals?.accounts);
  const failed = [first, ...list.pages].find((page) => page.error !== null && page.data === undefined);
  return {
    ...list,
    onView,
    totals,
    isOutdated,
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}

function useView() {
  const [view, setView] = useState<PagesInView>({ first: 0, last: 0 });
  const onView = useCallback((firstRow: number, lastRow: number) => {
    const next = { first: pageOf(firstRow), last: pageOf(lastRow) };
    setView((current) => (current.first === next.first && current.last === next.last ? current : next));
  }, []);
  return { view, onView };
}

/** The list from its first row, and once its end has been asked for also from its last one, whichever is nearer. */
function useBothEnds(filter: AccountsFilter, view: PagesInView, length: number | undefined) {
  const client = useQueryClient();
  const reverse = useMemo(() => reversed(filter), [filter]);
  const { data: starts } = useQuery(accountStartsQuery(filter));
  const { data: ends } = useQuery(accountStartsQuery(reverse));
  // Kept with the starts for when the reader comes back to the page; here, so that it holds from the next render on.
  const [endAskedOf, setEndAskedOf] = useState<AccountsFilter | null>(null);
  const all = starts.isEndAsked || endAskedOf === filter ? length : undefined;
  const back = fromTheEnd(view, all ?? 0);
  const isNearEnd = all !== undefined && pagesBefore(back, ends) < pagesBefore(view, starts);
  const forwards = useAccountPages(filter, view, !isNearEnd);
  const backwards = useAccountPages(reverse, back, isNearEnd);
  const isWaiting = view.first === 0 && forwards.pages[0]?.data === undefined;
  return {
    pages: [...forwards.pages, ...backwards.pages],
    count: isWaiting ? undefined : (all ?? rowCount(starts)),
    rowAt: (index: number) =>
      forwards.rowAt(index) ?? (all === undefined ? undefined : backwards.rowAt(all - 1 - index)),
    toEnd: () => {
      setEndAskedOf(filter);
      client.setQueryData(accountStartsQuery(filter).queryKey, { ...starts, isEndAsked: true });
    },
  };
}

/** The filter, or the one before it until its first page is there. */
function useLoadedFilter(wanted: AccountsFilter): AccountsFilter {
  const [loaded, setLoaded] = useState(wanted);
  const { isFetched } = useQuery(accountPageQuery(wanted, 0, null));
  if (isFetched && hashKey([loaded]) !== hashKey([wanted])) setLoaded(wanted);
  return loaded;
}

/** The rows of the known pages; the last of them is taken to be full until it is known to be the end. */
function rowCount({ cursors, end }: PageStarts) {
  return end ?? cursors.length * ACCOUNTS_OF_A_PAGE;
}
