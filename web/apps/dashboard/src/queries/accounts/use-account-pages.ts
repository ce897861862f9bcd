import type { AccountItem, ApiError } from '@keepwell/api';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import {
  ACCOUNTS_OF_A_PAGE,
  accountPageQuery,
  accountPagesKey,
  accountStartsQuery,
  type AccountsFilter,
  type PageStarts,
} from './accounts';

/** Pages that are asked for before they come into sight, and pages that are kept behind and before those. */
const AHEAD = 2;
const KEPT = 8;

/** Numbers of pages. */
export interface PagesInView {
  readonly first: number;
  readonly last: number;
}

interface Page {
  readonly data: readonly AccountItem[] | undefined;
  readonly error: ApiError | null;
  readonly refetch: () => Promise<unknown>;
}

export interface AccountPages {
  readonly starts: PageStarts;
  readonly pages: readonly Page[];
  /** The row at a place, counted from where this order begins. */
  readonly rowAt: (index: number) => AccountItem | undefined;
}

/**
 * The pages of a list that are in view, and those beyond them on the way there, since a page begins where the one before
 * it ends. Where the view is not approached from here, nothing is asked.
 */
export function useAccountPages(
  filter: AccountsFilter,
  view: PagesInView,
  isFromHere: boolean,
): AccountPages {
  const { data: starts } = useQuery(accountStartsQuery(filter));
  const known = starts.cursors.length - 1;
  const lowest = Math.min(Math.max(0, view.first - 1), known);
  const highest = isFromHere ? Math.min(known, view.last + AHEAD) : lowest - 1;
  const numbers = Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, step) => lowest + step);
  const pages = useQueries({
    queries: numbers.map((number) => accountPageQuery(filter, number, starts.cursors[number] ?? null)),
  });
  useForgetting(filter, lowest - KEPT, Math.max(lowest, highest) + KEPT);
  return {
    starts,
    pages,
    rowAt: (index) => pages[pageOf(index) - lowest]?.data?.[index % ACCOUNTS_OF_A_PAGE],
  };
}

export function pageOf(row: number): number {
  return Math.floor(row / ACCOUNTS_OF_A_PAGE);
}

/** The pages of the reverse order that have the same rows, in a list of that many. */
export function fromTheEnd({ first, last }: PagesInView, length: number): PagesInView {
  const back = (row: number) => pageOf(Math.max(0, length - 1 - row));
  return { first: back((last + 1) * ACCOUNTS_OF_A_PAGE - 1), last: back(first * ACCOUNTS_OF_A_PAGE) };
}

/** How many pages have to be read before those in view are known. */
export function pagesBefore({ first }: PagesInView, { cursors }: PageStarts): number {
  return Math.max(0, first - cursors.length + 1);
}

function useForgetting(filter: AccountsFilter, lowest: number, highest: number): void {
  const client = useQueryClient();
  useEffect(() => {
    client.removeQueries({
      queryKey: accountPagesKey(filter),
      type: 'inactive',
      predicate: ({ queryKey }) => {
        const number = Number(queryKey[3]);
        return number < lowest || number > highest;
      },
    });
  }, [client, filter, lowest, highest]);
}
