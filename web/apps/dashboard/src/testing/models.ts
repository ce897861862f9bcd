import type { Figures, ModelWithReport, Population, RungResult } from '@keepwell/api';

import { model } from './answers';

/** A model with the report of a small test; annual plans were too few to judge. */

const interval = (value: number, low: number, high: number) => ({ value, low, high });

const figures: Figures = {
  roc_auc: interval(0.75, 0.68, 0.82),
  pr_auc: interval(0.2, 0.1, 0.3),
  log_loss: interval(0.12, 0.1, 0.14),
  log_loss_base: 0.14,
  gain: interval(0.02, 0.01, 0.03),
  brier: interval(0.03, 0.02, 0.04),
  brier_base: 0.033,
  expected_over_departed: interval(1.1, 0.9, 1.4),
  roc: [
    { false_positive_rate: 0, true_positive_rate: 0 },
    { false_positive_rate: 0.2, true_positive_rate: 0.6 },
    { false_positive_rate: 1, true_positive_rate: 1 },
  ],
  precision_recall: [
    { recall: 0.5, precision: 0.2 },
    { recall: 1, precision: 0.05 },
  ],
  reliability: [
    { snapshots: 100, predicted: 0.01, departed: 0.02, departed_low: 0.005, departed_high: 0.07 },
    { snapshots: 100, predicted: 0.1, departed: 0.08, departed_low: 0.04, departed_high: 0.15 },
  ],
  calibration_error: { ece: 0.012, perfect_mean: 0.01, perfect_high: 0.018 },
  decisions: {
    rule: { contact_cost: 25, kept_share: 0.1, kept_months: 12 },
    from_revenue_at_risk: 20.8333,
    from_probability: 0.2,
    contacted_left: 4,
    contacted_stayed: 10,
    not_contacted_left: 6,
    not_contacted_stayed: 180,
    precision: 0.2857,
    recall: 0.4,
  },
  capture: Array.from({ length: 10 }, (_, tenth) => ({
    decile: tenth + 1,
    of_departures: Math.min(1, 0.3 + tenth * 0.1),
    of_lost_mrr: Math.min(1, 0.4 + tenth * 0.1),
  })),
  revenue: { revenue_at_risk: '1100.00', revenue_lost: '1000.00', ratio: interval(1.1, 0.8, 1.6) },
};

const counted: Omit<Population, 'name' | 'figures' | 'not_tested'> = {
  snapshots: 200,
  accounts: 120,
  departed: 10,
};

const rung: RungResult = {
  name: 'base_rate',
  inputs: [],
  calibration: 'none',
  log_loss: 0.14,
  roc_auc: 0.5,
  brier: 0.033,
  behind: interval(0.02, 0.01, 0.03),
  standard_error: 0.005,
  is_tied: false,
  is_chosen: false,
  not_fitted: null,
};

export const reportedModel: ModelWithReport = {
  ...model,
  version: 3,
  standing: 'champion',
  standing_since: '2024-12-31T02:00:00Z',
  standing_why: 'It was trained by hand.',
  comparison: null,
  as_of: '2024-12-30',
  rung: 'rfm',
  revenue_at_risk: '42.00',
  currency: 'USD',
  report: {
    held_out_from: '2024-09-01',
    origins: ['2024-09-01', '2024-10-01'],
    chosen: 'rfm',
    why: 'The simplest of those that are as good is chosen.',
    calibration: 'platt',
    history_days: null,
    rungs: [
      rung,
      {
        ...rung,
        name: 'rfm',
        inputs: ['mrr'],
        behind: interval(0.001, -0.001, 0.002),
        is_tied: true,
        is_chosen: true,
      },
      { ...rung, name: 'logistic', behind: interval(0, 0, 0), is_tied: true },
      {
        ...rung,
        name: 'boosting',
        calibration: null,
        log_loss: null,
        roc_auc: null,
        brier: null,
        behind: null,
        standard_error: null,
        not_fitted: 'libgomp.so.1 is missing: apt install libgomp1',
      },
    ],
    histories: [],
    untouched: null,
    populations: [
      {
        ...counted,
        name: 'not_cancelled',
        figures: { ...figures, roc_auc: interval(0.86, 0.8, 0.91) },
        not_tested: null,
      },
      { ...counted, name: 'to_work_with', figures, not_tested: null },
      {
        ...counted,
        name: 'to_work_with_annual',
        departed: 2,
        figures: null,
        not_tested: 'Too few to judge: 2 accounts left and 80 stayed; 10 of each are needed.',
      },
    ],
  },
};
