/** What the judgement of a model says, by its label. */

import { definitionsOf } from './definitions';
import { capital, OF_INACTIVITY, OF_SUBSCRIPTIONS, type Outcome } from './outcome';
import { counted } from '../grammar/counted';

const PAYING = {
  who: {
    to_work_with: 'To work with',
    to_work_with_monthly: 'of these, monthly plans',
    to_work_with_annual: 'of these, annual plans',
    not_cancelled: 'All that had not cancelled',
  },
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
  compared:
    'The same predictions, judged for four groups of accounts: those with neither a cancellation nor an open payment, of these monthly and annual plans, and all that had not cancelled.',
};

const toWorkWith =
  'Accounts that had been active and had no open payment: the ones that a person works with.';

const ACTIVE = {
  who: { ...PAYING.who, not_cancelled: 'All that had been active' },
  tabs: { ...PAYING.tabs, not_cancelled: 'All active' },
  about: {
    to_work_with: toWorkWith,
    to_work_with_monthly: toWorkWith,
    to_work_with_annual: toWorkWith,
    not_cancelled: 'Every account that had been active, also with an open payment.',
  },
  compared:
    'The same predictions, judged for two groups of accounts: those that had been active and had no open payment, and all that had been active.',
};

function sectionsOf(outcome: Outcome, populations: typeof PAYING) {
  const { left, expectedOver } = outcome;
  return {
    populations: {
      ...populations,
      columns: { size: capital(left), departures: expectedOver },
      size: (gone: string, snapshots: string, accounts: string) =>
        `${counted(accounts, 'account')} at ${counted(snapshots, 'point')} in time; ${counted(gone, 'time')} one ${left}.`,
    },
    untouched: {
      size: (gone: string, snapshots: string) =>
        `(${gone} ${left}, of ${counted(snapshots, 'point')} in time).`,
      none: `none, because too few accounts ${left}, or only one kind of model was compared.`,
    },
    departures: expectedOver,
    ...plotsOf(outcome),
    ...moneyOf(outcome),
    definitions: definitionsOf(outcome, populations.compared),
  };
}

function plotsOf({ left, whoLeft, whoStayed, departures, money }: Outcome) {
  return {
    reliability: {
      axes: `Across: the chance predicted. Up: the share that ${left}. Dotted: exactly as predicted.`,
      label: `Predicted chances against the share that ${left}`,
    },
    roc: {
      title: 'Found against disturbed',
      axes: `Across: share of ${whoStayed}. Up: share of ${whoLeft}. Dotted: a coin.`,
      label: 'ROC curve',
      head: `Of ${whoStayed}`,
      point: (share: string) => `${share} of ${whoStayed}`,
      found: `of ${whoLeft}`,
      coin: 'a coin',
      half: (share: string) => `To find half of ${whoLeft}, ${share} of ${whoStayed} are disturbed too.`,
    },
    precision: {
      title: 'How often a name is right',
      axes: `Across: share found of ${whoLeft}. Up: share of the names that ${left}. Dotted: at random.`,
      label: 'Precision-recall curve',
      head: `Found of ${whoLeft}`,
      point: (share: string) => `${share} of ${whoLeft} found`,
      right: `of the names ${left}`,
      random: 'at random',
      half: (share: string, base: string) =>
        `When half of ${whoLeft} are found, ${share} of the names on the list ${left}; at random it would be ${base}.`,
    },
    capture: {
      title: 'What the top of the list holds',
      axes: 'Across: the riskiest accounts. Up: what they held. Dotted: at random.',
      label: `Share of ${departures} and of lost ${money} in the riskiest tenths`,
      head: 'Riskiest',
      point: (share: string) => `riskiest ${share}`,
      departures: `of ${departures}`,
      mrr: `of lost ${money}`,
      random: 'at random',
      top: (share: string) => `The riskiest tenth by chance held ${share} of the ${departures}`,
      topMoney: (share: string) =>
        `; the tenth with most at risk held ${share} of the ${money} that was lost.`,
      topOnly: '.',
    },
  };
}

function moneyOf({ left, stayed, whoLeft, wouldLeave, money, atRisk }: Outcome) {
  return {
    threshold: {
      title: 'Whom it is worth to contact',
      label: `To contact or not, ${left} or not`,
      rule: (amount: string) => `Contact whoever has at least ${amount} of ${money} at risk, a month.`,
      assumes: (cost: string, kept: string, months: string) =>
        `This assumes that a contact costs ${cost} and keeps ${kept} of those who ${wouldLeave}, for ${counted(months, 'month')}. These are a policy, not a measurement.`,
      contacted: (all: string, gone: string, on: string) =>
        `By this rule, ${counted(all, 'contact')} would have been made: ${gone} with an account that ${left}, ${on} with one that ${stayed}.`,
      missed: (gone: string, on: string) =>
        `Without a contact: ${gone} that ${left}, and ${on} that ${stayed}.`,
      precision: (share: string) => `So ${share} of the contacts would have been with one that ${left}.`,
      recall: (share: string) => `Of ${whoLeft}, ${share} would have been contacted.`,
      nobody: 'Nobody would have been contacted.',
      columns: { what: 'Decision', left: capital(left), stayed: capital(stayed) },
      rows: { contacted: 'To contact', not: 'Not to contact' },
    },
    money: {
      title: 'Does the money come true?',
      label: `${atRisk} over ${money} lost`,
      exact: 'as lost, 1',
      table: `${atRisk} and ${money} lost`,
      columns: {
        who: 'Accounts',
        atRisk,
        lost: `${capital(money)} lost`,
        ratio: 'At risk over lost',
      },
      sum: (since: string, origins: number) =>
        origins === 1
          ? `Summed over all points in time from ${since} on.`
          : `Summed over all points in time from ${since} on, predicted from ${origins} origins.`,
      says: (risked: string, lost: string) => `At risk were ${risked} a month, and ${lost} were lost.`,
    },
  };
}

export const judged = {
  subscription: sectionsOf(OF_SUBSCRIPTIONS, PAYING),
  inactivity: sectionsOf(OF_INACTIVITY, ACTIVE),
};
