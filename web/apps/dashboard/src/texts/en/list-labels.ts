import { counted } from './grammar/counted';

/** What the save list says by the label of its model, in a module of its own: Today needs none of it. */
export const listLabels = {
  subscription: {
    list: (days: number) => `Who may leave within ${days} days, by revenue at risk.`,
    listByChance: (days: number) => `Who may leave within ${days} days, by chance.`,
    noSignal: {
      not_found: 'The data do not predict who leaves',
      not_tested: 'Too little data to predict who leaves',
      suspect: 'The test proves nothing yet',
    },
    snapshots: (snapshots: string, churned: string) =>
      `${counted(snapshots, 'snapshot')} of accounts that had not cancelled; ${churned} of them left`,
    expected: (expected: string, churned: string) =>
      `Expected ${counted(expected, 'departure')}; there ${churned === '1' ? 'was' : 'were'} ${churned}`,
  },
  inactivity: {
    list: (days: number) => `Who may go quiet for ${days} days, by spend at risk.`,
    listByChance: (days: number) => `Who may go quiet for ${days} days, by chance: no event has an amount.`,
    noSignal: {
      not_found: 'The data do not predict who goes quiet',
      not_tested: 'Too little data to predict who goes quiet',
      suspect: 'The test proves nothing yet',
    },
    snapshots: (snapshots: string, churned: string) =>
      `${counted(snapshots, 'snapshot')} of active accounts; ${churned} of them went quiet`,
    expected: (expected: string, churned: string) => `Expected ${expected} to go quiet; ${churned} did`,
  },
  money: { mrr: 'MRR', spend: 'Spend a month', none: 'Money' },
  these: (count: string) => `${counted(count, 'account')}, by chance`,
  order: {
    mrr: 'So every account that has not cancelled has the overall rate, and the list is in the order of MRR. A cancellation or an open payment is on record and needs no model.',
    spend:
      'So every account has the overall rate, and the list is in the order of what accounts spend a month.',
    none: 'So every account has the overall rate, and the order of the list says nothing.',
  },
};
