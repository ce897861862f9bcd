import { keepPreviousData, useQuery } from '@tanstack/react-query';

import type { Days } from '../figures/use-period';
import type { View } from './view';
import { totalsOf } from './view-queries';

/** The movements of some days in total, counted as the view counts. */
export function useTotals(view: View, days: Days) {
  return useQuery({ ...totalsOf(view, days), placeholderData: keepPreviousData });
}
