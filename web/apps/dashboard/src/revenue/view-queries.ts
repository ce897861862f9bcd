/** What the pages of revenue ask for, by their view. */

import { startOfMonthBefore } from '@keepwell/ui';

import type { Days } from '../figures/use-period';
import { cohortsQuery, movementsQuery, seriesQuery } from '../queries/revenue/metrics';
import type { View } from './view';

/** How many months the overview looks back, and how many cohorts it shows. */
export const MONTHS = 12;

/** A value for each step of some days, with ratios over so many months. */
export function seriesOf({ by, policy }: Pick<View, 'by' | 'policy'>, { from, to }: Days, over: number) {
  return seriesQuery({ by, from, to, over, ...(policy && { policy }) });
}

/** The movements of some days in total. */
export function totalsOf({ policy }: View, days: Days) {
  return movementsQuery({ ...days, by: 'total', ...(policy && { policy }) });
}

/** So many cohorts: always by month, whatever the step of the view. */
export function cohortsOf({ days: { to }, policy }: View, months: number) {
  return cohortsQuery({ from: startOfMonthBefore(to, months - 1), to, ...(policy && { policy }) });
}
