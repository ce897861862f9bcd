import type { ArmFigures, CaseItem, Experiment, Outcomes } from '@keepwell/api';

/** A business that left half of the accounts alone, and cannot say anything yet. */

function arm(cases: number, left: number): ArmFigures {
  return { cases, left, shrank: 0, stayed: cases - left, contacted: 0, contacts: 0, mrr_lost: '0.00' };
}

export const experiment: Experiment = {
  held_share: 0.5,
  opened_from: '2024-11-01',
  opened_to: '2024-12-30',
  open: 12,
  unknown: 0,
  acted: arm(108, 14),
  held: arm(106, 23),
  method: 'ancova',
  stayed: { value: 0.087, low: -0.014, high: 0.188 },
  always_valid: { value: 0.087, low: -0.075, high: 0.249 },
  split: { held: 106, accounts: 214, p_value: 0.95, is_mismatch: false },
  saved: { per_case: null, mrr: null, cost: null, net: null, is_shown: false },
  verdict: 'not_sure',
};

export const outcomes: Outcomes = {
  currency: 'USD',
  rule: 'A rule.',
  contact_cost: null,
  cases: 226,
  open: 12,
  contacts: 96,
  crossovers: 2,
  experiments: [experiment],
  months: [
    {
      month: '2024-12-01',
      acted: { cases: 20, ended: 0, left: 0, contacts: 18 },
      held: { cases: 19, ended: 0, left: 0, contacts: 1 },
      mrr: '1830.00',
    },
  ],
  enrolment: {
    state: 'yes',
    a_month: 30.2,
    since: '2024-01-02',
    base_rate: 0.22,
    base_from: 'left_alone',
    held_share: 0.5,
    visible: [
      { held_share: 0.2, months: 12, fewest: 0.69, left_alone_a_month: 6 },
      { held_share: 0.5, months: 12, fewest: null, left_alone_a_month: 15 },
    ],
  },
};

export const caseItem: CaseItem = {
  id: '3f1b0a3c-0000-4000-8000-000000000001',
  external_id: 'F-1',
  account_id: '3f1b0a3c-0000-4000-8000-0000000000a1',
  account: 'First account',
  account_external_id: 'A-1',
  opened_on: '2024-12-20',
  horizon_ends_on: '2025-01-19',
  arm: 'act',
  held_share: 0.5,
  model_version: 1,
  probability: 0.42,
  mrr: '100.00',
  reasons: [],
  outcome: 'open',
  mrr_at_horizon: null,
  mrr_lost: null,
  unknown_because: null,
  decided_at: null,
  records_until: null,
  revised_at: null,
  revised_from: null,
  contacts: 0,
  last_contacted_at: null,
  currency: 'USD',
  version: 1,
};
