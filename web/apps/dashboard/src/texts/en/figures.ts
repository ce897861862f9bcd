import { counted } from './grammar/counted';

/** What each figure is called, means, and rests on. The definitions are those of docs/metrics.md. */

const kinds = {
  new: 'New',
  expansion: 'Expansion',
  contraction: 'Contraction',
  churn: 'Churn',
  reactivation: 'Reactivation',
  fx: 'Exchange rates',
};

const OPENING_ROWS =
  'The movements of the customers who paid before the period. They add up to what these customers pay now.';
const CHURN_ROWS = 'Each churn in the period. They add up to the revenue lost.';
const PERIOD_ROWS = 'Every movement of the period.';
const MRR_ROWS = 'Every movement up to that day. They add up to the MRR.';

export const figures = {
  kinds,
  definitions: {
    mrr: {
      title: 'MRR',
      means:
        'What each paid subscription brings a month, from its start until the day before its end. Yearly prices count a twelfth. No trials, tax, one-off or metered charges.',
      rows: MRR_ROWS,
    },
    arr: { title: 'ARR', means: 'MRR times twelve.', rows: MRR_ROWS },
    arpa: { title: 'ARPA', means: 'MRR divided by the number of paying accounts.', rows: MRR_ROWS },
    'paying-accounts': {
      title: 'Paying accounts',
      means: 'Accounts whose MRR is above zero at the end of the day.',
      rows: MRR_ROWS,
    },
    nrr: {
      title: 'Net revenue retention',
      means:
        'What the customers who paid before the period pay at its end, divided by what they paid then. Growth of these customers counts, new customers do not. At the exchange rates of the beginning.',
      rows: OPENING_ROWS,
    },
    grr: {
      title: 'Gross revenue retention',
      means:
        'As net revenue retention, but each customer counts at most at what they paid before the period: growth of some does not hide the loss of others.',
      rows: OPENING_ROWS,
    },
    'account-churn': {
      title: 'Accounts lost a month',
      means:
        'The share of the accounts that paid before the period and pay nothing at its end, as a monthly rate: 1 - (1 - rate) ^ (one month / days of the period). Each account counts once, however often it left and came back.',
      rows: CHURN_ROWS,
    },
    'revenue-churn': {
      title: 'Revenue lost a month',
      means:
        'Every churn of the period, also of customers who came within it, divided by the MRR before the period, as a monthly rate.',
      rows: CHURN_ROWS,
    },
    ltv: {
      title: 'Lifetime value',
      means:
        'ARPA at the end of the period divided by the share of accounts lost a month: what an account pays before it leaves, if nothing changes.',
      rows: MRR_ROWS,
    },
    'quick-ratio': {
      title: 'Quick ratio',
      means: 'New, expansion and reactivation, divided by contraction and churn. Above 1, revenue grows.',
      rows: PERIOD_ROWS,
    },
    movements: {
      title: 'Net movement',
      means: 'What customers did in the period: new, expansion and reactivation, less contraction and churn.',
      rows: PERIOD_ROWS,
    },
    new: {
      title: kinds.new,
      means: 'MRR of customers who paid for the first time in the period.',
      rows: PERIOD_ROWS,
    },
    expansion: {
      title: kinds.expansion,
      means: 'More MRR from customers who paid already: seats, plans, or the end of a discount.',
      rows: PERIOD_ROWS,
    },
    contraction: {
      title: kinds.contraction,
      means: 'Less MRR from customers who still pay. Losing one of several subscriptions is a contraction.',
      rows: PERIOD_ROWS,
    },
    churn: {
      title: kinds.churn,
      means: 'MRR of customers whose last paid subscription ended, on the day on which the service ended.',
      rows: PERIOD_ROWS,
    },
    reactivation: {
      title: kinds.reactivation,
      means: 'MRR of customers who had left and pay again. They stay in the cohort of their first month.',
      rows: PERIOD_ROWS,
    },
    fx: {
      title: kinds.fx,
      means: 'What changed only because exchange rates did. It is no movement, and in no ratio.',
      rows: PERIOD_ROWS,
    },
    cohort: {
      title: 'Cohort',
      means: 'What the customers who first paid in that month pay at the end of a later one.',
      rows: 'The movements of these customers up to that day. They add up to what they pay then.',
    },
  },
  facts: { means: 'Means', policy: 'Policy', fresh: 'Fresh', stripe: 'In Stripe', ourselves: 'In Keepwell' },
  on: (day: string) => day,
  between: (from: string, to: string) => `${from} to ${to}`,
  ofCohort: (month: string, day: string) => `${month}, on ${day}`,
  accounts: (count: string, isOne: boolean) => `${count} paying ${isOne ? 'account' : 'accounts'}`,
  changeFrom: (value: string) => `from ${value}`,
  points: (points: string) => `${points} points`,
  withPercent: (amount: string, percent: string) => `${amount} (${percent})`,
  unknownValue: 'Unknown',
  unknownBecause: 'There was nothing before the period to compare with, or nothing was lost.',
  same: 'The same',
  more: (value: string, difference: string) => `${value}, ${difference} more`,
  less: (value: string, difference: string) => `${value}, ${difference} less`,
  other: (value: string) => value,
  rows: 'Its rows',
  rowsShown: (shown: string, all: string) => `${shown} of ${all}`,
  csv: 'CSV',
  csvLabel: 'Export these rows as CSV',
  allAccounts: (count: string) => `All ${counted(count, 'account')}`,
  sum: (amount: string) => `sum ${amount}`,
  noRows: 'There are no rows in this period.',
  columns: { account: 'Account', plan: 'Plan', what: 'What', mrr: 'MRR', change: 'MRR' },
  whatAndWhen: (kind: string, day: string) => `${kind}, ${day}`,
  involuntary: 'payment failed',
  fresh: {
    stripe: (day: string) => `Stripe to ${day}`,
    files: (day: string) => `files to ${day}`,
    http: (day: string) => `events over HTTP to ${day}`,
    tail: (day: string) => `live events to ${day}`,
    between: '; ',
    none: 'Nothing has been imported',
    keptAside: (rows: string, isOne: boolean) =>
      isOne
        ? '1 row could not be read and is kept aside'
        : `${rows} rows could not be read and are kept aside`,
    atLeast: (rows: string) => `more than ${rows}`,
  },
  loading: 'figure',
  loadingRows: 'rows',
  policies: {
    default: {
      title: 'default',
      summary: 'A discount lowers MRR while it runs; its end is an expansion.',
    },
    stripe: {
      title: 'as Stripe counts',
      summary: 'The full price counts under a discount that ends by itself.',
    },
    chartmogul: {
      title: 'as ChartMogul counts',
      summary: 'A customer who moves to a free plan remains a customer: a contraction.',
    },
  },
  policySheet: {
    title: 'Policy',
    intro:
      'Vendors disagree on what counts. Every figure follows one policy and names it. These rules are the same in all of them:',
    rules: {
      counts: { name: 'Counts', rule: 'Paid subscriptions, from the start until the day before the end.' },
      prices: {
        name: 'Prices',
        rule: 'A yearly price counts a twelfth a month, a quarterly one a third. Cents are rounded once.',
      },
      currency: {
        name: 'Currency',
        rule: 'A price in another currency counts at the rate of each day; the effect of rates is no movement.',
      },
      movements: {
        name: 'Movements',
        rule: 'Belong to a customer: losing one of several subscriptions is a contraction.',
      },
    },
    differ: 'Where they differ',
    chosen: (policy: string) => `${policy}, in use here`,
  },
  difference: {
    title: 'Why Stripe shows another figure',
    titleOfOther: (policy: string) => `Compared with ${policy}`,
    equal: 'Both policies have the same MRR on this day.',
    differ: (difference: string) => `${difference} apart`,
    why: 'Why',
    rows: 'What only one of them counts',
    cut: (shown: string, all: string) => `; ${shown} of ${all} are listed, the earliest of each`,
    noRows: 'In this period, both policies count the same movements.',
    countedBy: 'Counted by',
    vendor: 'Stripe lets an account choose other rules, so its own page may still differ from this.',
  },
  risk: {
    title: 'Revenue at risk',
    means:
      'For each account on the save list: what it pays a month, or spends on average, times the chance that it leaves or goes quiet in the days that the model looks ahead. Summed over the list.',
    byKind: (voluntary: string, involuntary: string) =>
      `${voluntary} may cancel, ${involuntary} by failed payments`,
    asOf: (day: string) => `Save list of ${day}`,
    rows: 'The accounts with the most revenue at risk.',
    all: (count: string) => `All ${counted(count, 'account')}`,
    atRisk: 'At risk',
    chance: 'Chance',
  },
};
