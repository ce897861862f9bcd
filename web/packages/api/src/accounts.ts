import * as v from 'valibot';

import { withQuery, type Endpoint } from './endpoint';
import { churnKind, currency, day, decimal, moment, nextCursor, probability, reason } from './fields';

/** A prospect has never paid nor tried. */
export const ACCOUNT_STATUSES = ['active', 'trial', 'churned', 'prospect'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export const ACCOUNT_SORTS = ['-mrr', 'mrr', 'name', '-name', '-since', 'since'] as const;
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

const accountFields = {
  id: v.string(),
  external_id: v.string(),
  name: v.string(),
  status: v.picklist(ACCOUNT_STATUSES),
  plan: v.nullable(v.string()),
  mrr: decimal,
  currency,
  since: v.nullable(day),
  industry: v.nullable(v.string()),
  country: v.nullable(v.string()),
};

const accountSchema = v.object(accountFields);
export type Account = v.InferOutput<typeof accountSchema>;

const accountPageSchema = v.object({ items: v.array(accountSchema), next: nextCursor });
export type AccountPage = v.InferOutput<typeof accountPageSchema>;

const subscriptionSchema = v.object({
  id: v.string(),
  external_id: v.string(),
  plan: v.string(),
  seats: v.number(),
  mrr: decimal,
  interval: v.string(),
  starts_on: day,
  ends_on: v.nullable(day),
  is_trial: v.boolean(),
  cancelled_on: v.nullable(day),
  end_reason: v.nullable(churnKind),
});

/** It counts from `starts_on` until the day before `ends_on`. */
export type Subscription = v.InferOutput<typeof subscriptionSchema>;

export const MOVEMENT_KINDS = ['new', 'expansion', 'contraction', 'churn', 'reactivation'] as const;
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

const movementSchema = v.object({ on: day, kind: v.picklist(MOVEMENT_KINDS), amount: decimal });
export type Movement = v.InferOutput<typeof movementSchema>;

const activitySchema = v.object({
  days: v.array(v.object({ day, events: v.number() })),
  recent: v.array(v.object({ at: moment, event: v.string() })),
});
export type Activity = v.InferOutput<typeof activitySchema>;

const riskSchema = v.object({
  probability,
  revenue_at_risk: decimal,
  kind: churnKind,
  reasons: v.array(reason),
  scored_at: moment,
  rank: v.number(),
});
export type Risk = v.InferOutput<typeof riskSchema>;

const accountDetailSchema = v.object({
  ...accountFields,
  subscriptions: v.array(subscriptionSchema),
  movements: v.array(movementSchema),
  activity: activitySchema,
  risk: v.nullable(riskSchema),
});

/** An account with all that is known of it; `risk` is null where it has not been scored. */
export type AccountDetail = v.InferOutput<typeof accountDetailSchema>;

export interface AccountsQuery {
  readonly q?: string | undefined;
  readonly status?: AccountStatus | undefined;
  readonly plan?: string | undefined;
  readonly sort?: AccountSort | undefined;
  readonly limit: number;
  readonly cursor: string | null;
}

export function listAccounts(query: AccountsQuery): Endpoint<AccountPage> {
  const { q, status, plan, sort, limit, cursor } = query;
  const path = withQuery('/v1/accounts', { q, status, plan, sort, limit, cursor });
  return { method: 'GET', path, schema: accountPageSchema };
}

export function getAccount(id: string): Endpoint<AccountDetail> {
  return { method: 'GET', path: `/v1/accounts/${encodeURIComponent(id)}`, schema: accountDetailSchema };
}
