import type { Enrolment, Experiment } from '@keepwell/api';
import { aMonth, counted } from './grammar/counted';

const verdicts: Record<Experiment['verdict'], string> = {
  no_holdout: 'Nobody left alone',
  mismatch: 'Split is off',
  fewer_left: 'It works',
  more_left: 'It does harm',
  not_sure: 'Not enough yet',
};

const why: Record<Experiment['verdict'], string> = {
  no_holdout:
    'These cases were opened while nobody was left alone. What became of them is counted, and compared with nothing.',
  mismatch:
    'More or fewer accounts are left alone than the draw explains: cases are missing from one side. Nothing is concluded until that is found.',
  fewer_left: 'Fewer left of those to follow up, by an interval that may be looked at every month.',
  more_left: 'More left of those to follow up, by an interval that may be looked at every month.',
  not_sure: 'No saved MRR is named while, looked at every month, it could as well be nothing.',
};

const baseFrom: Record<NonNullable<Enrolment['base_from']>, (share: string) => string> = {
  left_alone: (share) => `${share} of those left alone leave`,
  all_cases: (share) => `${share} of them leave`,
  lists: (share) => `the lists expect ${share} of them to leave`,
};

const notOpening: Record<Exclude<Enrolment['state'], 'yes'>, string> = {
  no_list: 'There is no save list yet, so no case is opened.',
  inactivity:
    'The newest list is about inactivity. It opens no case, since a case ends by what an account pays.',
  old_list: 'The newest list was about days that were over when it was made, so it opened no case.',
};

/** A period of days, which may be one. */
function daysText(from: string, to: string): string {
  return from === to ? `on ${from}` : `from ${from} to ${to}`;
}

export const outcomes = {
  title: 'Outcomes',
  purpose: 'What your work was worth, against those left alone.',
  loading: 'outcomes',
  period: (from: string, to: string) => `cases opened ${daysText(from, to)}`,
  policy: 'policy: default',
  none: {
    title: 'No case yet',
    detail:
      'A case ends after the days that its list looks ahead, and then this page says what became of it.',
    list: 'Open the save list',
  },
  notOpening,
  voluntary: 'Following up',
  shares: {
    half: 'half left alone',
    of: (percent: string) => `${percent} left alone`,
    unknown: 'an unknown share left alone',
    nobody: 'nobody left alone',
  },
  decided: (decided: string, open: string) =>
    `${counted(decided, 'case has', 'cases have')} ended, ${open} ${open === '1' ? 'is' : 'are'} open`,
  unknownCases: (count: string) =>
    count === '1'
      ? 'Of 1 that has ended the records do not say how; it is left out.'
      : `Of ${count} that have ended the records do not say how; they are left out.`,
  verdicts,
  why,
  saved: 'Saved MRR, net, for one month',
  savedGross: 'Saved MRR, for one month',
  notYet: 'Not enough yet',
  nothingToSay: 'Cannot be said',
  savedDetail: (low: string, high: string) => `95% interval, seen every month, ${low} to ${high}`,
  lessCost: (gross: string, cost: string) => `${gross} less ${cost} of cost`,
  noCost: 'Nobody has said what a contact costs, so none is taken off.',
  perCase: (amount: string, low: string, high: string) =>
    `So far ${amount} a case; seen every month, ${low} to ${high}.`,
  effect: 'Effect on leaving, in points',
  verdictBy: 'The interval that may be seen every month gives the verdict.',
  looks: { once: 'Seen once', monthly: 'Seen every month' },
  looksHead: '95% interval',
  noEffect: 'no effect',
  fewer: (points: string) => `${points} fewer`,
  more: (points: string) => `${points} more`,
  span: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
  noInterval: 'One side has no case that has ended.',
  arms: 'Left, per arm',
  acted: 'Followed up',
  held: 'Left alone',
  left: (left: string, cases: string) => `${left} of ${cases} left`,
  noCases: 'no case has ended',
  split: (held: string, accounts: string) =>
    `${held} of ${counted(accounts, 'account')} ${held === '1' ? 'is' : 'are'} left alone`,
  earlier: 'Another share',
  without: (cases: string, from: string, to: string) =>
    `${counted(cases, 'case')} opened ${daysText(from, to)} can be compared with nothing: nobody was left alone then.`,
  visible: {
    title: 'What can be seen at all',
    rate: (cases: string) => aMonth(cases, 'case'),
    none: 'How many cases are opened a month is not known yet.',
    baseFrom,
    explain:
      'An effect is the part of them that a contact keeps; named is the smallest that one look at the end would show in four of five businesses with as many cases. A conclusion here takes more, since it may be looked for every month. A larger share left alone shows smaller effects, and leaves more customers unhelped.',
    legend: 'Share left alone, for new cases only',
    share: { '0': 'Nobody', '0.1': 'One in 10', '0.2': 'One in 5', '0.5': 'Half' } as Record<string, string>,
    other: (percent: string) => percent,
    after: (months: number, percent: string) => `after ${months} months, effects above ${percent}`,
    never: (months: number) => `after ${months} months, none would show`,
    nothing: 'nothing can be compared',
    unhelped: (count: string) => `${aMonth(count, 'account')} left alone`,
    ownerOnly: 'Only an owner changes the share: it costs revenue on purpose.',
    changed: (share: string) => `New cases: ${share}`,
    change: (share: string) => `Leave alone: ${share}`,
    what: 'the share left alone',
  },
  months: {
    title: 'By month',
    note: 'followed up / left alone',
    table: 'Cases by month of their opening',
    columns: {
      month: 'Opened',
      cases: 'Cases',
      arms: 'Per arm',
      left: 'Left',
      contacts: 'Contacts',
      mrr: 'MRR',
    },
    notOver: 'not over',
    pair: (acted: string, held: string) => `${acted} / ${held}`,
    alone: 'One month alone is too few to say anything; the sum above is what counts.',
    show: (month: string) => `Cases of ${month}`,
  },
  rows: {
    title: 'Cases',
    table: 'Cases',
    columns: {
      account: 'Account',
      opened: 'Opened',
      until: 'Until',
      arm: 'Arm',
      mrr: 'MRR',
      outcome: 'Outcome',
      contacts: 'Contacts',
    },
    outcome: 'Outcome',
    arm: 'Arm',
    any: 'any',
    allMonths: 'All months',
    export: 'Export these cases',
    ofMonth: (month: string) => `opened in ${month}`,
    none: 'No case of this kind',
    noneDetail: 'Other filters show others.',
    hidden:
      'Cases of accounts left alone are shown to owners, admins and analysts, so that nobody who calls customers treats them differently.',
  },
  people: {
    title: 'What was done',
    contacts: (count: string) =>
      count === '1'
        ? '1 contact with an account to follow up'
        : `${count} contacts with accounts to follow up`,
    crossovers: (count: string) =>
      count === '1'
        ? '1 with an account left alone, which stays counted there'
        : `${count} with accounts left alone, which stay counted there`,
    rule: 'Who gets a case',
    ruleText:
      'Each account in the first tenth of the voluntary list that is at least as likely to leave as accounts usually are. It runs to its last day in both arms alike, also if the risk falls. An account whose case has ended gets another only if a later list names it again.',
    claim: 'No save is claimed for one account: nobody knows which of them would have stayed anyway.',
    cost: (amount: string) => `A contact costs ${amount}.`,
    setCost: 'Say what a contact costs',
    changeCost: 'Change it',
  },
};
