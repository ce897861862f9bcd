import type { PlannedItem, TimelineItem } from '@keepwell/api';

type Type = TimelineItem['type'];

const what: Record<Exclude<Type, 'day' | 'scored' | 'observed'>, string> = {
  new: 'New customer',
  expansion: 'Expansion',
  contraction: 'Contraction',
  churn: 'Left',
  reactivation: 'Came back',
  fx: 'Exchange rates changed',
  trial_started: 'Trial began',
  cancellation_announced: 'Cancellation announced',
  issued: 'Invoice issued',
  paid: 'Invoice paid',
  past_due: 'Invoice past due',
  succeeded: 'Charge paid',
  failed: 'Charge declined',
  pending: 'Charge pending',
  refunded: 'Refund',
  added: 'Contact added',
  removed: 'Contact removed',
};

const planned: Record<PlannedItem['type'], (name: string) => string> = {
  start: (plan) => `${plan} begins`,
  renewal: (plan) => `Next renewal, ${plan}`,
  end: (plan) => `${plan} ends`,
  card_expires: (card) => `${card} expires`,
};

export const timeline = {
  title: 'Timeline',
  order: 'newest first, times in UTC',
  show: 'Show',
  all: 'All',
  groups: {
    payments: 'Payments',
    subscriptions: 'Subscriptions',
    contact: 'Contact',
    use: 'Events',
    scores: 'Scores',
    signals: 'Signals',
  },
  planned: 'Planned',
  today: 'Today',
  allDay: 'all day',
  nothing: 'Nothing is on record',
  nothingDetail: 'What is imported or received for this account appears here.',
  nothingOfKinds: 'Nothing of this kind is on record',
  showAll: 'Show everything',
  what,
  whatIsPlanned: planned,
  somePlan: 'Subscription',
  per: { day: 'a day', week: 'a week', month: 'a month', quarter: 'a quarter', year: 'a year' },
  fromTo: (before: string, after: string) => `${before} to ${after}`,
  mrr: (before: string, after: string) => `MRR ${before} to ${after}`,
  endReasons: { voluntary: 'by choice', involuntary: 'after a failed payment' },
  serviceEnds: (day: string) => `Service ends ${day}`,
  trialUntil: (day: string) => `until ${day}`,
  invoice: (number: string) => `Invoice ${number}`,
  due: (day: string) => `due ${day}`,
  wasDue: (day: string) => `was due ${day}`,
  paidOfIt: (amount: string) => `${amount} of it paid`,
  noReason: 'no reason given',
  advice: {
    try_again_later: 'the bank says: try again later',
    do_not_try_again: 'the bank says: do not try again',
    confirm_card_data: 'the bank says: confirm the card’s data',
  } as Record<string, string>,
  events: (count: number, written: string) => (count === 1 ? '1 event' : `${written} events`),
  eventCount: (event: string, count: string) => `${event} ${count}`,
  otherNames: (count: string) => `${count} more kinds`,
  labels: {
    subscription: {
      chance: (probability: string) => `Chance of leaving ${probability}`,
      overallRate: 'The overall rate: the data do not tell who leaves',
    },
    inactivity: {
      chance: (probability: string) => `Chance of going quiet ${probability}`,
      overallRate: 'The overall rate: the data do not tell who goes quiet',
    },
  },
  was: (probability: string) => `was ${probability} on the list before`,
  leftAlone: 'Left alone on purpose',
  signal: (name: string) => `Signal ${name}`,
  knownSince: (moment: string) => `known here since ${moment}`,
};
