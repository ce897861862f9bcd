import type {
  AccountDetail,
  AccountItem,
  AccountSubscription,
  ChargeItem,
  ChurnModel,
  ContactItem,
  SaveList,
  SaveListEntry,
  SessionView,
} from '@keepwell/api';

import type { Answers } from './api-server';

export const ACCOUNT_ID = '0190b3c2-1f6a-7c3e-9c55-000000000001';
export const SECOND_ACCOUNT_ID = '0190b3c2-1f6a-7c3e-9c55-000000000004';

/** The answers of a small synthetic workspace; tests override what they need. */

export const session: SessionView = {
  member: { id: '0190b3c2-1f6a-7c3e-9c55-000000000002', name: 'owner', email: null, role: 'owner' },
  workspace: {
    id: '0190b3c2-1f6a-7c3e-9c55-000000000003',
    name: 'Sample',
    slug: 'sample',
    currency: 'USD',
    synthetic: true,
  },
  permissions: ['read'],
  has_password: true,
  home: null,
};

const label = {
  name: 'subscription',
  money: 'mrr',
  active_within_days: null,
  amount_property: null,
} as const;
const risk = {
  probability: 0.42,
  revenue_at_risk: '42.00',
  kind: 'voluntary',
  reasons: [
    { code: 'activity_down', text: '4 active days from 2026-05-02 to 2026-05-31, 15 in the 30 days before' },
  ],
  scored_at: '2024-12-31T03:00:00Z',
  rank: 1,
} as const;
const signal = 'found' as const;

export const saveListItem: SaveListEntry = {
  ...risk,
  reasons: [...risk.reasons],
  account_id: ACCOUNT_ID,
  name: 'First account',
  account_external_id: 'A-1',
  plan: 'Basic',
  mrr: '100.00',
  contact: null,
  case: null,
  website: null,
  pages: [],
};

export const model: ChurnModel = {
  version: 1,
  trained_at: '2024-12-31T02:00:00Z',
  horizon_days: 30,
  label,
  signal: 'found',
  statement: 'Better than guessing on months it had not seen.',
  evaluation: {
    held_out_from: '2024-09-01',
    snapshots: 400,
    churned: 30,
    auc: 0.71,
    auc_low: 0.64,
    auc_high: 0.78,
    log_loss: 0.212,
    log_loss_base: 0.241,
    gain_low: 0.011,
    gain_high: 0.046,
    calibration: 1.1,
    calibration_low: 0.8,
    calibration_high: 1.5,
    brier: 0.061,
    brier_base: 0.069,
    probable_labels: [],
    system_events: [],
  },
};

/** Of no invoice that is on record. */
export const charge: ChargeItem = {
  id: ACCOUNT_ID,
  external_id: 'CH-1',
  account_id: ACCOUNT_ID,
  invoice_id: null,
  invoice_external_id: null,
  payment_method_id: null,
  status: 'succeeded',
  currency: 'USD',
  amount: '30.00',
  amount_refunded: '0.00',
  decline_code: null,
  advice_code: null,
  charged_at: '2024-11-17T08:00:00Z',
  version: 1,
};

export const saveList: SaveList = {
  run: 1,
  scored_at: '2024-12-31T03:00:00Z',
  as_of: '2024-12-30',
  outdated: false,
  horizon_ends_on: '2025-01-29',
  totals: {
    voluntary: 1,
    involuntary: 0,
    voluntary_mrr: '100.00',
    involuntary_mrr: '0.00',
    voluntary_at_risk: '42.00',
    involuntary_at_risk: '0.00',
    left_alone: 0,
  },
  currency: 'USD',
  policy: 'default',
  model,
  silence: null,
  items: [saveListItem],
  next: null,
};

export const account: AccountItem = {
  id: ACCOUNT_ID,
  external_id: 'A-1',
  name: 'First account',
  status: 'active',
  plan: 'Basic',
  mrr: '100.00',
  currency: 'USD',
  policy: 'default',
  since: '2024-02-01',
  churned_on: null,
  industry: null,
  country: 'DE',
  signed_up_on: null,
  version: 1,
  revenue_uncertain_since: null,
  revenue_uncertain_because: null,
  erased_at: null,
};

export const subscription: AccountSubscription = {
  id: '0190b3c2-1f6a-7c3e-9c55-000000000005',
  external_id: 'S-1',
  plan: 'Basic',
  seats: 1,
  mrr: '100.00',
  currency: 'USD',
  interval: 'month',
  starts_on: '2024-02-01',
  ends_on: null,
  is_trial: false,
  cancelled_on: null,
  end_reason: null,
};

export const contact: ContactItem = {
  id: '0190b3c2-1f6a-7c3e-9c55-000000000006',
  external_id: 'C-1',
  account_id: ACCOUNT_ID,
  name: 'Desk',
  email: 'desk@shop.example',
  phone: '+49 30 555-0123',
  locale: null,
  time_zone: null,
  website: null,
  is_billing: true,
  is_undeliverable: false,
  unsubscribed_at: null,
  version: 1,
};

export const accountDetail: AccountDetail = {
  ...account,
  subscriptions: [],
  movements: [],
  activity: { days: [], recent: [] },
  risk: {
    ...risk,
    label,
    horizon_days: 30,
    mrr: '100.00',
    is_held: false,
    case: null,
    website: null,
    pages: [],
    signal,
    reasons: [...risk.reasons],
  },
};

export const workspaceAnswers: Answers = {
  'GET /v1/session': { body: session },
  'GET /v1/save-cases': { body: { items: [], next: null } },
  'GET /v1/metrics/mrr': (query) => {
    const on = query.get('on') ?? '2024-12-31';
    const mrr = on === '2024-12-31' ? '1500.10' : '1200.00';
    const figures = { mrr, arr: '18001.20', arpa: null, currency: 'USD', accounts: 3, unrated: [] };
    return { body: { on, ...figures, policy: 'default', rows: '/v1/accounts' } };
  },
  'GET /v1/metrics/movements': (query) => ({
    body: {
      from: query.get('from'),
      to: query.get('to'),
      by: 'month',
      currency: 'USD',
      policy: 'default',
      rows: '/v1/movements',
      periods: [],
    },
  }),
  'GET /v1/activity': { body: { items: [] } },
  'GET /v1/save-list': { body: saveList },
  'GET /v1/accounts': { body: { items: [account], next: null } },
  'GET /v1/accounts/totals': {
    body: { accounts: 1, paying: 1, mrr: '100.00', currency: 'USD', policy: 'default' },
  },
  'GET /v1/accounts/facets': { body: { plans: [], countries: [], industries: [] } },
  [`GET /v1/accounts/${ACCOUNT_ID}`]: { body: accountDetail },
  [`GET /v1/accounts/${ACCOUNT_ID}/timeline`]: { body: { items: [], next: null, planned: [] } },
  'GET /v1/contacts': { body: { items: [], next: null } },
  'GET /v1/payment-methods': { body: { items: [], next: null } },
  'GET /v1/invoices': { body: { items: [], next: null } },
  'GET /v1/charges': { body: { items: [], next: null } },
};
