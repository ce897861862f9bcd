import { sign, toPlotCoordinate, type MovementsPeriod, type MovementsReport } from '@keepwell/api';
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
const MOVEMENT_SERIES = [
  { id: 'new', label: 'New', color: 'var(--series-new)' },
  { id: 'expansion', label: 'Expansion', color: 'var(--series-expansion)' },
  { id: 'reactivation', label: 'Reactivation', color: 'var(--series-reactivation)' },
  { id: 'contraction', label: 'Contraction', color: 'var(--series-contraction)' },
  { id: 'churn', label: 'Churn', color: 'var(--series-churn)' },
] as const satisfies readonly BarSeries[];

/** No movement of customers: what changed only because exchange rates did. */
const EXCHANGE_RATES = { id: 'fx', label: 'Exchange rates', color: 'var(--series-fx)' } as const;

/** The movements, and the effect of exchange rates if there was any. */
export function movementSeries({ periods }: MovementsReport) {
  const hasRates = periods.some(({ fx }) => sign(fx) !== 0);
  return hasRates ? [...MOVEMENT_SERIES, EXCHANGE_RATES] : MOVEMENT_SERIES;
}

/** The month of `on` up to that day, and the eleven months before it. */
export function lastTwelveMonths(on: string): MovementsFilter {
  return { from: startOfMonthBefore(on, 11), to: on, by: 'month' };
}

export function movementBars(movements: MovementsReport): BarGroup[] {
  const { periods, currency } = movements;
  const series = movementSeries(movements);
  return periods.map((period) => ({
    id: period.start,
    label: formatMonth(period.start),
    tick: formatMonthTick(period.start),
    values: barValues(series, period, currency),
  }));
}

function barValues(
  series: ReturnType<typeof movementSeries>,
  period: MovementsPeriod,
  currency: string,
): BarGroup['values'] {
  return Object.fromEntries(
    series.map(({ id }) => [
      id,
      { plot: toPlotCoordinate(period[id]), text: formatMoneyChange(period[id], currency) },
    ]),
  );
}
