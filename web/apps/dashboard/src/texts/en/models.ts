/** The pages of the models. */

import { judged } from './models/judged';
import { trained } from './models/trained';

export const models = {
  title: 'Models',
  purpose: 'What each training learned about who leaves, and how far to trust it.',
  loading: 'models',
  loadingOne: 'the model',
  one: (version: string) => `Model ${version}`,
  onePurposes: {
    subscription: (days: number) => `Who leaves within ${days} days: how it was tested, and how good it is.`,
    inactivity: (days: number) => `Who goes quiet for ${days} days: how it was tested, and how good it is.`,
  },
  all: 'All models',
  standings: {
    champion: 'Champion: makes the save lists',
    challenger: 'Challenger: kept aside',
    retired: 'Retired',
  },
  since: (day: string, why: string) => `Since ${day}. ${why}`,
  noList: 'none yet',
  gone: 'There is no such model here',
  goneHint: 'It may be of another workspace, or the address was cut off.',
  none: {
    title: 'No model yet',
    detail:
      'Training learns from your own history which accounts leave, tests itself on months that it has not seen, and keeps how good it was here.',
  },
  signals: {
    found: 'Predicts',
    not_found: 'Does not predict',
    not_tested: 'Not tested',
    suspect: 'Proves nothing',
  },
  rungs: {
    base_rate: 'Base rate',
    recency: 'Recency alone',
    rfm: 'RFM logistic regression',
    logistic: 'Logistic regression',
    tree: 'Tree of depth 5',
    boosting: 'Boosting',
  },
  noRung: 'none',
  columns: {
    model: 'Model',
    trained: 'Trained',
    listOf: 'Save list of',
    rung: 'Kind',
    signal: 'Signal',
    ranking: 'Ranked right',
    calibration: 'Expected, happened',
    atRisk: 'At risk',
  },
  listNote:
    'Pairs ranked right, and the departures that were expected and that happened, are of all accounts that had not cancelled, or by inactivity of all that had been active; the page of a model has those whom a person works with.',
  pairs: (right: string, low: string, high: string) => `${right} of 100 pairs (${low} to ${high})`,
  expectedLeft: (expected: string, left: string) => `${expected}, ${left}`,
  suspect: {
    title: 'No figure of this test is shown',
    detail:
      'They would be very good, and prove nothing: an input is probably the label itself. Below is which one; the API has the figures.',
  },
  statement: 'What it can and cannot do',
  populations: {
    title: 'How good it is, and for whom',
    note: 'likely (95%) ranges in brackets',
    label: 'How good it is for each group of accounts',
    columns: {
      who: 'Accounts',
      ranking: 'Pairs right, of 100',
      loss: 'Log loss, base rate',
      money: 'At risk over lost',
    },
    left: (left: string, snapshots: string) => `${left} of ${snapshots}`,
    tooFew: 'too few',
    against: (loss: string, base: string) => `${loss}, ${base}`,
  },
  range: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
  untouched: {
    title: 'A test that no choice has seen',
    text: (since: string, rung: string) =>
      `Without the days from ${since} on, “${rung}” would have been chosen. On those days alone:`,
    found: (pairs: string, loss: string, base: string) =>
      `${pairs} of 100 pairs ranked right, log loss ${loss} against ${base} for the overall rate`,
  },
  ladder: {
    title: 'Why this kind of model',
    chosen: 'chosen',
    tied: 'as good',
    label: 'Log loss behind the best kind',
    best: 'the best',
    table: 'The kinds of models that were compared',
    behind: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
    columns: {
      kind: 'Kind',
      loss: 'Log loss',
      behind: 'Behind the best',
      pairs: 'Pairs right, of 100',
      brier: 'Brier',
      calibration: 'Chances corrected',
    },
    calibrations: { platt: 'Platt', isotonic: 'isotonic', none: 'no' },
    notFitted: 'not fitted',
    why: (rung: string, why: string) => `${rung} was not fitted: ${why}`,
    compare: 'To compare all kinds on your data, run',
  },
  closer: {
    title: 'A closer look',
    tabs: 'Accounts that the figures are about',
    notTested: 'Not tested',
    band: 'The figures',
    ranking: 'Pairs ranked right',
    of100: (right: string) => `${right} of 100`,
    gain: 'Log loss saved',
    money: 'At risk over lost',
    likely: (low: string, high: string) => `likely ${low} to ${high}`,
    coin: 'a coin 50',
    exact: 'exact is 1',
    overRate: 'over the overall rate',
    noneLost: 'nothing was lost',
    whatIs: 'What is this?',
  },
  reliability: {
    title: 'Do the chances come true?',
    ece: (ours: string, perfect: string, high: string) =>
      `On average a tenth is off by ${ours}. Chance alone puts a perfect model of this size off by ${perfect}, and by less than ${high} in 19 of 20 cases:`,
    within: 'this one is no worse than chance explains.',
    beyond: 'this one is worse than chance explains.',
    points: (points: string) => `${points} points`,
  },
  judged,
  trained,
  noReport: {
    title: 'No report is kept of this model',
    detail:
      'Nothing was tested, or it was trained by a release that kept no report. How it was chosen, its plots and its inputs are unknown. Train again for a model with a report:',
  },
  sheet: { means: 'What it is', read: 'How to read it', here: 'Here' },
};
