import { startOfMonthBefore } from '@keepwell/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import type { Days } from '../figures/use-period';
import type { ViewSeries } from './band';
import type { Step } from './steps';
import type { View } from './view';
import { seriesOf } from './view-queries';

/** The series of the view, and of the days it is compared with: null if it is compared with nothing. */
export function useSeries(view: View, over: number) {
  const now = useOne(view, view.days, over);
  // Without a comparison it is the same answer, which is asked for once.
  const before = useOne(view, view.against ?? view.days, over);
  return { now, before: view.against === null ? null : (before.data ?? null) };
}

function useOne({ by, policy }: View, days: Days, over: number) {
  const kept = { placeholderData: keepPreviousData };
  const steps = useQuery({ ...seriesOf({ by, policy }, days, over), ...kept });
  const inMonths = hasMonths(by)
    ? seriesOf({ by, policy }, days, over)
    : seriesOf({ by: 'month', policy }, lastYear(days), over);
  const months = useQuery({ ...inMonths, ...kept });
  const [bySteps, byMonths] = [steps.data, months.data];
  const data: ViewSeries | undefined = bySteps && byMonths && { bySteps, byMonths };
  return {
    data,
    error: steps.error ?? months.error,
    refetch: () => Promise.all([steps.refetch(), months.refetch()]),
  };
}

export function hasMonths(by: Step): by is 'month' | 'quarter' | 'year' {
  return by !== 'day' && by !== 'week';
}

function lastYear({ to }: Days): Days {
  return { from: startOfMonthBefore(to, 11), to };
}
