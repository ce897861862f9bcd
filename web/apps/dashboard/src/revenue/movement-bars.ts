import { sign, type MovementsPeriod, type MovementsReport } from '@keepwell/api';
import { formatMoneyChange, type ChartData } from '@keepwell/ui';

import { texts } from '../texts';
import { stepLabel, stepTick } from './periods';
import type { Step } from './steps';

const { kinds } = texts.figures;

/** Gains first, then losses: on each side of zero, from the inside out. */
export const MOVEMENT_SERIES = [
  { id: 'new', label: kinds.new, color: 'var(--series-new)' },
  { id: 'expansion', label: kinds.expansion, color: 'var(--series-expansion)' },
  { id: 'reactivation', label: kinds.reactivation, color: 'var(--series-reactivation)' },
  { id: 'contraction', label: kinds.contraction, color: 'var(--series-contraction)' },
  { id: 'churn', label: kinds.churn, color: 'var(--series-churn)' },
] as const;

/** No movement of customers: what changed only because exchange rates did. */
export const EXCHANGE_RATES = { id: 'fx', label: kinds.fx, color: 'var(--series-other)' } as const;

/** The movements, and the effect of exchange rates if there was any. */
export function movementSeries({ periods }: MovementsReport) {
  const hasRates = periods.some(({ fx }) => sign(fx) !== 0);
  return hasRates ? [...MOVEMENT_SERIES, EXCHANGE_RATES] : MOVEMENT_SERIES;
}

/** The movements by step, with their exact amounts, and those of the whole period, of which steps are rounded parts; a point is known by the first day of its step. */
export function movementBars(movements: MovementsReport, by: Step, total?: MovementsPeriod): ChartData {
  const { periods, currency } = movements;
  return {
    points: periods.map(({ start }) => ({
      id: start,
      label: stepLabel(by, start),
      tick: stepTick(by, start),
    })),
    series: movementSeries(movements).map((one) => ({
      ...one,
      values: periods.map((period) => period[one.id]),
      total: total?.[one.id],
    })),
    format: (amount) => formatMoneyChange(amount, currency),
  };
}
