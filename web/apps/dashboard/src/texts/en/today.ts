import type { FailedPaymentItem, TodayChange } from '@keepwell/api';

import { sourceKinds } from './source-kinds';
import { counted } from './grammar/counted';

const needs: Record<NonNullable<FailedPaymentItem['needs_person']>, { what: string; step: string }> = {
  no_contact: { what: 'Nobody can be reached by e-mail', step: 'Find contact' },
  hard_decline: { what: 'The bank refuses this card', step: 'Ask for a card' },
  authentication_required: { what: 'The bank wants the customer to confirm', step: 'Ask to confirm' },
  waiting_long: { what: 'Open for longer than is usual', step: 'Decide' },
  no_decline_code: { what: 'It failed, and no reason was given', step: 'Investigate' },
};

const changes: Record<TodayChange['kind'], { one: string; many: string; unit: string }> = {
  new_at_risk: { one: 'new at risk', many: 'new at risk', unit: 'at risk' },
  back_in_use: { one: 'is back in use', many: 'are back in use', unit: 'at risk' },
  payments_recovered: { one: 'payment came back', many: 'payments came back', unit: 'paid' },
  payments_failed: { one: 'payment failed', many: 'payments failed', unit: 'unpaid' },
  customers_left: { one: 'left', many: 'left', unit: 'MRR' },
  customers_new: { one: 'new customer', many: 'new customers', unit: 'MRR' },
  customers_back: { one: 'came back', many: 'came back', unit: 'MRR' },
};

export const today = {
  title: 'Today',
  purpose: 'Who you are about to lose, why, and what to do next.',
  scored: (moment: string) => `scored ${moment}`,
  fromDataTo: (day: string) => `from data until ${day}`,
  figures: 'Key figures',
  risk: (days: number) => `Revenue at risk, ${days} days`,
  spendRisk: (days: number) => `Spend at risk, ${days} days`,
  riskWithoutModel: 'Revenue at risk',
  riskNote: (accounts: string, share: string) =>
    `${accounts} that ${accounts === '1' ? 'pays' : 'pay'} today, ${share} of MRR`,
  riskUnscored: 'No account has been scored yet',
  since: (day: string) => `since ${day}`,
  sinceYesterday: 'since yesterday',
  failed: 'Failed payments',
  failedNote: (payments: string, persons: string, isOne: boolean) =>
    `${payments} open, ${persons} ${isOne ? 'needs' : 'need'} a person`,
  unconverted: (count: string) => `${count} more in a currency without a rate`,
  accounts: 'Paying accounts',
  arpa: (amount: string) => `${amount} each on average`,
  mrr: 'MRR',
  mrrNote: (day: string) => `on ${day}`,
  first: (shown: string, all: string) => `First ${shown} of ${all}`,
  firstNotes: { mrr: 'by revenue at risk', spend: 'by spend at risk', none: 'by chance' },
  leftAlone: (count: string) => `${count} more ${count === '1' ? 'is' : 'are'} left alone on purpose`,
  openSaveList: 'Open save list',
  columns: {
    account: 'Account',
    why: 'Why',
    atRisk: 'At risk',
    next: 'Next step',
    what: 'What happened',
    waiting: 'Waiting',
    invoice: 'Unpaid',
  },
  times: (probability: string, money: string) => `${probability} × ${money}`,
  planAndMrr: (plan: string, mrr: string) => `${plan} · ${mrr}`,
  persons: 'Payments that need a person',
  personsNote: (count: string, amount: string) => `${count}, ${amount} open`,
  noPersons: 'No payment needs a person.',
  waitingDays: (days: string) => `${days} d`,
  stepFor: (step: string, name: string) => `${step}: ${name}`,
  needs,
  news: 'Since yesterday',
  nothingNew: 'Nothing has changed.',
  changes,
  more: (count: string) => `${count} more`,
  sources: sourceKinds,
  rowsRead: (rows: string) => `${counted(rows, 'row')} read`,
  keptAside: (rows: string) => `${rows} kept aside`,
};
