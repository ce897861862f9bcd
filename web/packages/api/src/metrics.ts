import * as v from 'valibot';

import { withQuery, type Endpoint } from './endpoint';
import { currency, day, decimal } from './fields';

const mrrSchema = v.object({
  on: day,
  mrr: decimal,
  currency,
  accounts: v.number(),
  policy: v.string(),
});

/** Monthly recurring revenue of one day and the number of accounts that pay it. */
export type Mrr = v.InferOutput<typeof mrrSchema>;

const movementPeriodSchema = v.object({
  start: day,
  end: day,
  opening: decimal,
  new: decimal,
  expansion: decimal,
  contraction: decimal,
  churn: decimal,
  reactivation: decimal,
  fx: decimal,
  closing: decimal,
});

/** Contraction and churn are negative; opening + movements + fx = closing; `end` is inclusive. */
export type MovementPeriod = v.InferOutput<typeof movementPeriodSchema>;

const movementsSchema = v.object({
  from: day,
  to: day,
  by: v.picklist(['month', 'total']),
  currency,
  policy: v.string(),
  periods: v.array(movementPeriodSchema),
});

export type Movements = v.InferOutput<typeof movementsSchema>;

/** `on` is today, by the server's clock, where it is left out. */
export function getMrr(on?: string): Endpoint<Mrr> {
  return { method: 'GET', path: withQuery('/v1/metrics/mrr', { on }), schema: mrrSchema };
}

export interface MovementsQuery {
  readonly from: string;
  readonly to: string;
  readonly by: 'month' | 'total';
}

export function getMovements({ from, to, by }: MovementsQuery): Endpoint<Movements> {
  return {
    method: 'GET',
    path: withQuery('/v1/metrics/movements', { from, to, by }),
    schema: movementsSchema,
  };
}
