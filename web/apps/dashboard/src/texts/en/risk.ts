/** What the label of a model calls leaving. */
const labels = {
  subscription: {
    title: 'Chance of leaving',
    meaning: 'MRR falls to zero',
    chance: (probability: string) => `Chance of leaving ${probability}`,
    list: (days: number) => `Who may leave within ${days} days, by revenue at risk.`,
    listByChance: (days: number) => `Who may leave within ${days} days, by chance.`,
    model: (days: number) => `Who leaves within ${days} days: how it was tested, and how good it is.`,
    noSignal: {
      not_found: 'The data do not predict who leaves',
      not_tested: 'Too little data to predict who leaves',
      suspect: 'The test proves nothing yet',
    },
    overallRate: 'The overall rate: the data do not tell who leaves',
    snapshots: (snapshots: string, churned: string) =>
      `${snapshots} snapshots of accounts that had not cancelled; ${churned} of them left`,
    expected: (expected: string, churned: string) => `Expected ${expected} departures; there were ${churned}`,
  },
  inactivity: {
    title: 'Chance of going quiet',
    meaning: 'no event of use',
    chance: (probability: string) => `Chance of going quiet ${probability}`,
    list: (days: number) => `Who may go quiet for ${days} days, by spend at risk.`,
    listByChance: (days: number) => `Who may go quiet for ${days} days, by chance: no event has an amount.`,
    model: (days: number) => `Who goes quiet for ${days} days: how it was tested, and how good it is.`,
    noSignal: {
      not_found: 'The data do not predict who goes quiet',
      not_tested: 'Too little data to predict who goes quiet',
      suspect: 'The test proves nothing yet',
    },
    overallRate: 'The overall rate: the data do not tell who goes quiet',
    snapshots: (snapshots: string, churned: string) =>
      `${snapshots} snapshots of active accounts; ${churned} of them went quiet`,
    expected: (expected: string, churned: string) => `Expected ${expected} to go quiet; ${churned} did`,
  },
};

export const risk = {
  labels,
  money: { mrr: 'MRR', spend: 'Spend a month', none: 'Money' },
  onAverage: 'on average, when it was scored',
  spendAtRisk: 'Spend at risk',
  noMoney: 'no amount of money is known',
  noReason: 'No single reason stands out',
  moreReasons: (count: number) => `+${count}`,
  steps: { call: 'Call', mail: 'Mail', findContact: 'Find contact' },
  stepFor: (step: string, name: string) => `${step} ${name}`,
};
