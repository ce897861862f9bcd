import { useNavigate } from '@tanstack/react-router';

import { useToday } from '../figures/use-period';
import { useSearchOf } from '../shell/use-search-of';
import { movedTo } from './periods';
import { revenueSearch, type RevenueSearch } from './search';
import { viewOf } from './view';

/** What the address asks for, and how to ask for something else. */
export function useView() {
  const search = useSearchOf(revenueSearch);
  const navigate = useNavigate();
  const today = useToday();
  const view = viewOf(search, today);
  const { by, days } = view;
  const change = (changed: Partial<RevenueSearch>) => {
    void navigate({
      to: '.',
      search: (before) => ({ ...before, ...(changed as object) }),
      replace: true,
      resetScroll: false,
    });
  };
  const move = (direction: -1 | 1) => {
    const next = movedTo(by, days, direction, today);
    if (next !== null) change({ on: next === today ? undefined : next });
  };
  return { view, change, move, canMoveOn: movedTo(by, days, 1, today) !== null };
}
