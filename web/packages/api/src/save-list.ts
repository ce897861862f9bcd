import * as v from 'valibot';

import { withQuery, type Endpoint } from './endpoint';
import { churnKind, currency, day, decimal, moment, nextCursor, probability, reason } from './fields';

const evaluationSchema = v.object({
  held_out_from: day,
  snapshots: v.number(),
  churned: v.number(),
  auc: v.nullable(v.number()),
  auc_low: v.nullable(v.number()),
  auc_high: v.nullable(v.number()),
  brier: v.nullable(v.number()),
  brier_base: v.nullable(v.number()),
});

/** How the model did on snapshots that it was not trained on. */
export type Evaluation = v.InferOutput<typeof evaluationSchema>;

const churnModelSchema = v.object({
  version: v.number(),
  trained_at: moment,
  horizon_days: v.number(),
  signal: v.boolean(),
  statement: v.string(),
  evaluation: evaluationSchema,
});

/** `signal` is false where the data do not foretell churn; the list is then ranked by revenue only. */
export type ChurnModel = v.InferOutput<typeof churnModelSchema>;

const saveListItemSchema = v.object({
  rank: v.number(),
  account_id: v.string(),
  name: v.string(),
  plan: v.string(),
  mrr: decimal,
  probability,
  revenue_at_risk: decimal,
  kind: churnKind,
  reasons: v.array(reason),
  scored_at: moment,
});

export type SaveListItem = v.InferOutput<typeof saveListItemSchema>;

const saveListSchema = v.object({
  scored_at: v.nullable(moment),
  as_of: v.nullable(day),
  currency,
  model: v.nullable(churnModelSchema),
  items: v.array(saveListItemSchema),
  next: nextCursor,
});

/** One page of accounts by revenue at risk, most first. `model` is null before the first training. */
export type SaveList = v.InferOutput<typeof saveListSchema>;

export interface SaveListQuery {
  readonly limit: number;
  readonly cursor: string | null;
}

export function getSaveList({ limit, cursor }: SaveListQuery): Endpoint<SaveList> {
  return { method: 'GET', path: withQuery('/v1/save-list', { limit, cursor }), schema: saveListSchema };
}
