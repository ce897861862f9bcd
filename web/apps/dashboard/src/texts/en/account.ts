import type { AccountDetail, AccountRisk } from '@keepwell/api';

import { counted } from './grammar/counted';
import { accountStatuses } from './account-statuses';

const unscored: Record<AccountDetail['status'], { short: string; why: string }> = {
  active: {
    short: 'not on the newest list',
    why: 'The newest list has no score of this account: it holds who paid when it was made.',
  },
  trial: {
    short: 'trials are not scored',
    why: 'Trials are not scored: only an account that pays can be lost.',
  },
  prospect: { short: 'has never paid', why: 'This account has never paid: there is no revenue to lose.' },
  churned: { short: 'has left', why: 'This account has left; its timeline says when and how.' },
};

const trust: Record<AccountRisk['signal'], string> = {
  found:
    'Each raises the chance above that of the typical account, the strongest first. Together they push the score; they are no proof of a cause.',
  not_found:
    'The probability is the overall rate: the data were tested, and no churn signal was found. Reasons are what is on record.',
  not_tested:
    'The probability is the overall rate: there is too little data to test for a churn signal. Reasons are what is on record.',
  suspect:
    'The probability is the overall rate: the test looks too good to be true, so nothing is read from it. Reasons are what is on record.',
};

const sheets = {
  figures: {
    mrr: {
      title: 'MRR of this account',
      means:
        'What its active paid subscriptions come to in a month. Every change of it is a movement, and they add up to it.',
    },
    chance: {
      title: 'Chance of leaving',
      means:
        'Of 100 accounts with this chance, so many leave, or go quiet, in the days that the model looks ahead. It is a chance, not a verdict.',
    },
    'at-risk': {
      title: 'Revenue at risk of this account',
      means:
        'What it pays a month, or spends on average, times this chance. The save list is in the order of this figure.',
    },
    paid: {
      title: 'Paid so far',
      means:
        'What was paid of its invoices, and by charges without an invoice on record, less what was given back. In each currency by itself.',
    },
  },
  rests: 'Rests on',
  basis: {
    movements: (policy: string) => `its movements, by the policy ${policy}`,
    score: (moment: string, trust: string) => `the score of ${moment}. ${trust}`,
    product: (amount: string, chance: string, moment: string) =>
      `${amount} a month and a chance of ${chance} on the list, scored ${moment}`,
    payments: 'its invoices and charges on record',
  },
  heads: {
    mrr: ['Movement', 'Change'],
    chance: ['What', 'Chance'],
    'at-risk': ['What', 'Chance'],
    paid: ['Invoice or charge', 'Paid'],
  },
  day: 'Day',
  scored: 'Scored',
  invoice: (number: string, status: string, refunded: string | null) =>
    refunded === null ? `${number}, ${status}` : `${number}, ${status}; ${refunded} given back`,
  charge: (id: string, refunded: string | null) =>
    refunded === null ? `charge ${id}` : `charge ${id}; ${refunded} given back`,
  noRows: 'Nothing is on record.',
  timeline: 'In the timeline',
} as const;

export const account = {
  title: 'Account',
  path: 'Path',
  accounts: 'Accounts',
  statuses: accountStatuses,
  churnedOn: (day: string) => `Churned ${day}`,
  paymentFailed: 'Payment failed',
  leaves: (day: string) => `Leaves ${day}`,
  leftAlone: 'Left alone',
  erased: 'Erased',
  seats: (count: string) => counted(count, 'seat'),
  oneSeat: '1 seat',
  since: (day: string) => `customer since ${day}`,
  signedUp: (day: string) => `signed up ${day}`,
  call: (name: string) => `Call ${name}`,
  mail: (name: string) => `Mail ${name}`,
  steps: { call: 'Call', mail: 'Mail' },
  copy: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  figures: 'Key figures',
  sheets,
  mrr: 'MRR',
  inTwelveMonths: 'in 12 months',
  unchanged: 'the same as 12 months ago',
  uncertain: 'uncertain, see above',
  chance: 'Chance of leaving',
  chances: { subscription: 'Chance of leaving', inactivity: 'Chance of going quiet' },
  spend: 'Spend a month',
  onAverage: 'on average, when it was scored',
  spendAtRisk: 'Spend at risk',
  points: (change: string) => `${change} points`,
  sinceDay: (day: string) => `since ${day}`,
  sameChance: (day: string) => `the same as on ${day}`,
  firstScore: 'first score',
  atRisk: 'Revenue at risk',
  rank: (rank: string) => `number ${rank} on the save list`,
  onNoList: 'on no working list',
  unscored,
  paid: 'Paid so far',
  invoices: (count: string, open: string | null) =>
    `${counted(count, 'invoice')}${open === null ? '' : `, ${open} open`}`,
  charges: (count: string) => `${counted(count, 'charge')} without an invoice`,
  noPayments: 'no payment on record',
  andAlso: (amounts: string) => `and ${amounts}`,
  uncertainTitle: (day: string) => `Revenue uncertain since ${day}`,
  erasedTitle: (day: string) => `The data of persons in this account were erased on ${day}`,
  erasedDetail:
    'Names, contacts and events are gone; amounts and days remain, so that the figures stay true.',
  notFound: {
    title: 'Account not found',
    what: 'This workspace has no such account',
    detail: 'The link may be outdated, or belong to another workspace.',
    all: 'See all accounts',
  },
  activity: {
    title: 'Events a day',
    note: (days: string, events: string, ofUse: string | null) =>
      `${days} days, ${events} in all${ofUse === null ? '' : `, ${ofUse} of use`}`,
    label: (from: string, to: string) => `Events a day, ${from} to ${to}`,
    say: (active: string, days: string) => `Active on ${active} of ${days} days.`,
    last: (day: string) => ` Last used ${day}.`,
    day: 'Day',
    events: 'Events',
    used: 'Of use',
    declined: 'card declined',
    leaving: 'cancelled',
    none: 'No events in the last 90 days',
    noneDetail: 'Older ones are in the timeline, if there are any.',
    never: 'No events received',
    neverDetail: 'Sign-ins and other events of use say more about leaving than anything else.',
    connect: 'See where data come from',
  },
  rail: 'About this account',
  why: {
    title: (probability: string) => `Why ${probability}`,
    none: 'Chance of leaving',
    scored: (moment: string) => `scored ${moment}`,
    raises: 'raises the chance: ',
    trust,
    tested: 'How it was tested',
    leftAloneTitle: 'Left alone on purpose',
    leftAlone:
      'Chosen by lot, so that what your work is worth can be measured. It is on no working list, and nobody who calls customers sees this score.',
  },
  contact: {
    title: 'Contact and payment',
    billing: 'Billing',
    person: 'Person',
    nameless: 'No name on record',
    none: 'Nobody is on record.',
    undeliverable: 'Mail to this address comes back',
    unsubscribed: (day: string) => `Wants no campaigns since ${day}`,
    email: 'e-mail',
    phone: 'phone number',
    card: 'Card',
    noCard: 'None on record',
    ending: (brand: string, last4: string) => `${brand} ending ${last4}`,
    someCard: 'Card',
    expires: (month: string) => `expires ${month}`,
    expired: (month: string) => `expired ${month}`,
    declined: (day: string, reason: string) => `Declined ${day}, ${reason}`,
    renewal: 'Renewal',
    ends: 'Ends',
    noRenewal: 'Nothing renews',
  },
  subscriptions: {
    title: 'Subscriptions',
    none: 'This account has never had one.',
    from: (day: string) => `from ${day}`,
    period: (from: string, until: string) => `${from} to ${until}`,
    mrr: (amount: string) => `${amount} MRR`,
    states: {
      neverBegan: 'Never began',
      upcoming: 'Upcoming',
      paymentFailed: 'Payment failed',
      cancelled: 'Cancelled',
      trialEnded: 'Trial ended',
      ended: 'Ended',
      trial: 'Trial',
      running: 'Running',
      ending: 'Ending',
      cancelledOn: (day: string) => `Cancelled ${day}`,
    },
    earlier: (count: string) => `${count} earlier`,
  },
};
