import type { AccountDetail, Account, SaveList, SaveListItem, Session } from '@keepwell/api';

import type { Answers } from './api-server';

/** Answers of a small synthetic workspace; a test overrides what its situation needs. */

export const session: Session = {
  member: { id: 'member-1', name: 'owner' },
  workspace: { id: 'workspace-1', name: 'Sample', slug: 'sample', currency: 'USD', synthetic: true },
};

const risk = {
  probability: 0.42,
  revenue_at_risk: '42.00',
  kind: 'voluntary',
  reasons: [{ code: 'activity_down', text: '4 active days in the last 28, 15 in the 28 before' }],
  scored_at: '2024-12-31T03:00:00Z',
  rank: 1,
} as const;

export const saveListItem: SaveListItem = {
  ...risk,
  reasons: [...risk.reasons],
  account_id: 'account-1',
  name: 'First account',
  plan: 'Basic',
  mrr: '100.00',
};

export const saveList: SaveList = {
  scored_at: '2024-12-31T03:00:00Z',
  as_of: '2024-12-30',
  currency: 'USD',
  model: {
    version: 1,
    trained_at: '2024-12-31T02:00:00Z',
    horizon_days: 30,
    signal: true,
    statement: 'Better than guessing on months it had not seen.',
    evaluation: {
      held_out_from: '2024-09-01',
      snapshots: 400,
      churned: 30,
      auc: 0.71,
      auc_low: 0.64,
      auc_high: 0.78,
      brier: 0.061,
      brier_base: 0.069,
    },
  },
  items: [saveListItem],
  next: null,
};

export const account: Account = {
  id: 'account-1',
  external_id: 'A-1',
  name: 'First account',
  status: 'active',
  plan: 'Basic',
  mrr: '100.00',
  currency: 'USD',
  since: '2024-02-01',
  industry: null,
  country: 'DE',
};

export const accountDetail: AccountDetail = {
  ...account,
  subscriptions: [],
  movements: [],
  activity: { days: [], recent: [] },
  risk: { ...risk, reasons: [...risk.reasons] },
};

export const workspaceAnswers: Answers = {
  'GET /v1/session': { body: session },
  'GET /v1/metrics/mrr': (query) => {
    const on = query.get('on') ?? '2024-12-31';
    const mrr = on === '2024-12-31' ? '1500.10' : '1200.00';
    return { body: { on, mrr, currency: 'USD', accounts: 3, policy: 'default' } };
  },
  'GET /v1/metrics/movements': (query) => ({
    body: {
      from: query.get('from'),
      to: query.get('to'),
      by: 'month',
      currency: 'USD',
      policy: 'default',
      periods: [],
    },
  }),
  'GET /v1/save-list': { body: saveList },
  'GET /v1/accounts': { body: { items: [account], next: null } },
  'GET /v1/accounts/account-1': { body: accountDetail },
};
