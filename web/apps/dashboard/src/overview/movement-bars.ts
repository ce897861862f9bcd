import { sign, type MovementsReport } from '@keepwell/api';
import {
  formatMoneyChange,
  formatMonth,
  formatMonthTick,
  startOfMonthBefore,
  type ChartData,
} from '@keepwell/ui';

import type { MovementsFilter } from '../queries/metrics';

/** Gains first, then losses: on each side of zero, from the inside out. */
const MOVEMENT_SERIES = [
  { id: 'new', label: 'New', color: 'var(--series-new)' },
  { id: 'expansion', label: 'Expansion', color: 'var(--series-expansion)' },
  { id: 'reactivation', label: 'Reactivation', color: 'var(--series-reactivation)' },
  { id: 'contraction', label: 'Contraction', color: 'var(--series-contraction)' },
  { id: 'churn', label: 'Churn', color: 'var(--series-churn)' },
] as const;

/** No movement of customers: what changed only because exchange rates did. */
const EXCHANGE_RATES = { id: 'fx', label: 'Exchange rates', color: 'var(--series-other)' } as const;

/** The movements, and the effect of exchange rates if there was any. */
export function movementSeries({ periods }: MovementsReport) {
  const hasRates = periods.some(({ fx }) => sign(fx) !== 0);
  return hasRates ? [...MOVEMENT_SERIES, EXCHANGE_RATES] : MOVEMENT_SERIES;
}

/** The month of `on` up to that day, and the eleven months before it. */
export function lastTwelveMonths(on: string): MovementsFilter {
  return { from: startOfMonthBefore(on, 11), to: on, by: 'month' };
}

/** The movements by month, with their exact amounts. */
export function movementBars(movements: MovementsReport): ChartData {
  const { periods, currency } = movements;
  return {
    points: periods.map(({ start }) => ({
      id: start,
      label: formatMonth(start),
      tick: formatMonthTick(start),
    })),
    series: movementSeries(movements).map((one) => ({
      ...one,
      values: periods.map((period) => period[one.id]),
    })),
    format: (amount) => formatMoneyChange(amount, currency),
  };
}
