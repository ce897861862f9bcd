import { todayUtc } from '@keepwell/ui';
import type { QueryClient } from '@tanstack/react-query';

import { noMatter } from '../routes/root';
import type { RevenueSearch } from './search';
import { viewOf } from './view';
import { cohortsOf, MONTHS, seriesOf, totalsOf } from './view-queries';

/** Asks for what the overview shows, before the page is there. */
export function askAhead(queries: QueryClient, search: RevenueSearch): void {
  const view = viewOf(search, todayUtc());
  void queries.query(totalsOf(view, view.days)).catch(noMatter);
  void queries.query(cohortsOf(view, MONTHS)).catch(noMatter);
  void queries.query(seriesOf(view, view.days, MONTHS)).catch(noMatter);
  if (view.against !== null) void queries.query(seriesOf(view, view.against, MONTHS)).catch(noMatter);
}
