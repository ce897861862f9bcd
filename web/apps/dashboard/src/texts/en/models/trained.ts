/** What a model was trained on. */

export const trained = {
  title: 'What it was trained on',
  when: 'Trained',
  listOf: 'Save list of',
  looksAhead: 'Looks ahead',
  leaving: 'Leaving is',
  meanings: { subscription: 'MRR falls to zero', inactivity: 'no event of use' },
  activeWithin: (meaning: string, days: number) =>
    `${meaning}, of accounts with one in the ${days} days before`,
  spend: 'Spend is',
  property: (name: string) => `the property ${name} of events of use`,
  days: (days: number) => `${days} days`,
  testedFrom: 'Tested from',
  origins: 'Predicted from',
  history: 'Learns from',
  everything: 'everything before',
  latest: (days: number) => `the latest ${days} days before each origin`,
  tried: (tried: string) => `compared: ${tried}`,
  allDays: 'everything',
  calibration: 'Chances corrected',
  inputs: 'Inputs',
  noInputs: 'none',
  left: 'Left out, as not usage',
  labels: 'Probably the answer itself',
};
