/** The pages of the models. */

import { definitions } from './models/definitions';
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
    calibration: 'Expected, left',
    atRisk: 'At risk',
  },
  listNote:
    'Pairs ranked right and departures are of all accounts that had not cancelled; the page of a model has those whom a person works with.',
  pairs: (right: string, low: string, high: string) => `${right} of 100 pairs (${low} to ${high})`,
  expectedLeft: (expected: string, left: string) => `${expected}, ${left}`,
  statement: 'What it can and cannot do',
  populations: {
    title: 'How good it is, and for whom',
    note: 'likely (95%) ranges in brackets',
    label: 'How good it is for each group of accounts',
    to_work_with: 'To work with',
    to_work_with_monthly: 'of these, monthly plans',
    to_work_with_annual: 'of these, annual plans',
    not_cancelled: 'All that had not cancelled',
    tabs: {
      to_work_with: 'To work with',
      to_work_with_monthly: 'Monthly plans',
      to_work_with_annual: 'Annual plans',
      not_cancelled: 'All not cancelled',
    },
    about: {
      to_work_with:
        'Accounts that had neither cancelled nor an open payment: nothing on record says that they leave, so these are the ones that a person works with.',
      to_work_with_monthly:
        'Of the accounts that had neither cancelled nor an open payment, those that pay by the month or more often.',
      to_work_with_annual:
        'Of the accounts that had neither cancelled nor an open payment, those that pay by the year.',
      not_cancelled:
        'Every account that had not cancelled, also with an open payment. Who leaves over a payment is easy to foresee, so this headline looks better than the work does.',
    },
    /** By inactivity nobody cancels, and what is lost is use. */
    active: {
      who: 'All that had been active',
      tab: 'All active',
      about: 'Every account that had been active, also with an open payment.',
      toWorkWith: 'Accounts that had been active and had no open payment: the ones that a person works with.',
    },
    columns: {
      who: 'Accounts',
      size: 'Left',
      ranking: 'Pairs right, of 100',
      loss: 'Log loss, base rate',
      departures: 'Expected over left',
      money: 'At risk over lost',
    },
    left: (left: string, snapshots: string) => `${left} of ${snapshots}`,
    size: (left: string, snapshots: string, accounts: string) =>
      `${accounts} accounts at ${snapshots} points in time; ${left} times one left.`,
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
    size: (left: string, snapshots: string) => `(${left} left, of ${snapshots} points in time).`,
    none: 'none, because too few accounts left, or only one kind of model was compared.',
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
    departures: 'Expected over left',
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
    axes: 'Across: the chance predicted. Up: the share that left. Dotted: exactly as predicted.',
    label: 'Predicted chances against the share that left',
    ece: (ours: string, perfect: string, high: string) =>
      `On average a tenth is off by ${ours}. Chance alone puts a perfect model of this size off by ${perfect}, and by less than ${high} in 19 of 20 cases:`,
    within: 'this one is no worse than chance explains.',
    beyond: 'this one is worse than chance explains.',
    points: (points: string) => `${points} points`,
  },
  roc: {
    title: 'Found against disturbed',
    axes: 'Across: share of those who stayed. Up: share of those who left. Dotted: a coin.',
    label: 'ROC curve',
    head: 'Of those who stayed',
    point: (share: string) => `${share} of those who stayed`,
    found: 'of those who left',
    coin: 'a coin',
    half: (share: string) =>
      `To find half of those who left, ${share} of those who stayed are disturbed too.`,
  },
  precision: {
    title: 'How often a name is right',
    axes: 'Across: share found of those who left. Up: share of the names that left. Dotted: at random.',
    label: 'Precision-recall curve',
    head: 'Found of those who left',
    point: (share: string) => `${share} of those who left found`,
    right: 'of the names left',
    random: 'at random',
    half: (share: string, base: string) =>
      `When half of those who left are found, ${share} of the names on the list left; at random it would be ${base}.`,
  },
  capture: {
    title: 'What the top of the list holds',
    axes: 'Across: the riskiest accounts. Up: what they held. Dotted: at random.',
    label: 'Share of departures and of lost MRR in the riskiest tenths',
    head: 'Riskiest',
    point: (share: string) => `riskiest ${share}`,
    departures: 'of departures',
    mrr: 'of lost MRR',
    random: 'at random',
    top: (departures: string) => `The riskiest tenth by chance held ${departures} of the departures`,
    topMoney: (mrr: string) => `; the tenth with most at risk held ${mrr} of the MRR that was lost.`,
    topOnly: '.',
  },
  threshold: {
    title: 'Whom it is worth to contact',
    label: 'Contacted or not, left or not',
    rule: (amount: string) => `Contact whoever has at least ${amount} of MRR at risk, a month.`,
    assumes: (cost: string, kept: string, months: string) =>
      `This assumes that a contact costs ${cost} and keeps ${kept} of those who would have left, for ${months} months. These are a policy, not a measurement.`,
    contacted: (all: string, left: string, stayed: string) =>
      `Contacted ${all} times: ${left} times the account left, ${stayed} times it stayed.`,
    missed: (left: string, stayed: string) => `Not contacted: ${left} that left, and ${stayed} that stayed.`,
    precision: (share: string) => `Of those contacted, ${share} left.`,
    recall: (share: string) => `Of those who left, ${share} had been on the list to contact.`,
    nobody: 'Nobody would have been contacted.',
    columns: { what: 'Decision', left: 'Left', stayed: 'Stayed' },
    rows: { contacted: 'Contacted', not: 'Not contacted' },
  },
  money: {
    title: 'Does the money come true?',
    label: 'Revenue at risk over MRR lost',
    exact: 'as lost, 1',
    table: 'Revenue at risk and MRR lost',
    columns: { who: 'Accounts', atRisk: 'Revenue at risk', lost: 'MRR lost', ratio: 'At risk over lost' },
    sum: (since: string, origins: number) =>
      origins === 1
        ? `Summed over all points in time from ${since} on.`
        : `Summed over all points in time from ${since} on, predicted from ${origins} origins.`,
    says: (atRisk: string, lost: string) => `At risk were ${atRisk} a month, and ${lost} were lost.`,
  },
  trained,
  noReport: {
    title: 'No report is kept of this model',
    detail:
      'Nothing was tested, or it was trained by a release that kept no report. How it was chosen, its plots and its inputs are unknown. Train again for a model with a report:',
  },
  sheet: { means: 'What it is', read: 'How to read it', here: 'Here' },
  definitions,
};
