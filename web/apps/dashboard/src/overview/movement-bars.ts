import { toPlotCoordinate, type MovementsPeriod, type MovementsReport } from '@keepwell/api';
import {
  formatMoneyChange,
  formatMonth,
  formatMonthTick,
  startOfMonthBefore,
  type BarGroup,
  type BarSeries,
} from '@keepwell/ui';

import type { MovementsFilter } from '../queries/metrics';

/** Gains first, then losses: on each side of zero, from the inside out. */
export const MOVEMENT_SERIES = [
  { id: 'new', label: 'New', color: 'var(--series-new)' },
  { id: 'expansion', label: 'Expansion', color: 'var(--series-expansion)' },
  { id: 'reactivation', label: 'Reactivation', color: 'var(--series-reactivation)' },
  { id: 'contraction', label: 'Contraction', color: 'var(--series-contraction)' },
  { id: 'churn', label: 'Churn', color: 'var(--series-churn)' },
] as const satisfies readonly BarSeries[];

/** The month of `on` up to that day, and the eleven months before it. */
export function lastTwelveMonths(on: string): MovementsFilter {
  return { from: startOfMonthBefore(on, 11), to: on, by: 'month' };
}

export function movementBars({ periods, currency }: MovementsReport): BarGroup[] {
  return periods.map((period) => ({
    id: period.start,
    label: formatMonth(period.start),
    tick: formatMonthTick(period.start),
    values: barValues(period, currency),
  }));
}

function barValues(period: MovementsPeriod, currency: string): BarGroup['values'] {
  return Object.fromEntries(
    MOVEMENT_SERIES.map(({ id }) => [
      id,
      { plot: toPlotCoordinate(period[id]), text: formatMoneyChange(period[id], currency) },
    ]),
  );
}
