/** The rows of an account's figures, newest first, in words. */

import type { AccountDetail, ChargeItem, TimelineItem } from '@keepwell/api';
import { formatDay, formatMoney, formatMoneyChange, formatProbability } from '@keepwell/ui';

import type { Payments } from '../queries/accounts/billing';
import { texts } from '../texts';
import { scoresOf } from './facts/highlights';

export interface SheetRow {
  readonly id: string;
  readonly on: string;
  readonly what: string;
  readonly amount: string;
}

/** What the MRR is the sum of. */
export function movementRows({ movements, currency }: AccountDetail): readonly SheetRow[] {
  return movements
    .map(({ on, kind, amount }, index) => ({
      id: `${on} ${kind} ${index}`,
      day: on,
      on: formatDay(on),
      what: texts.figures.kinds[kind],
      amount: formatMoneyChange(amount, currency),
    }))
    .sort((one, other) => other.day.localeCompare(one.day));
}

/** The score of each day that changed it. */
export function chanceRows(
  highlights: readonly TimelineItem[],
  { risk }: Pick<AccountDetail, 'risk'>,
): readonly SheetRow[] {
  return scoresOf(highlights, risk)
    .map(({ day, probability }) => ({
      id: day,
      on: formatDay(day),
      what: texts.account.sheets.scored,
      amount: formatProbability(probability),
    }))
    .reverse();
}

/** What was paid of each invoice, and by charges without one; what was given back is taken off the figure, and said here. */
export function paymentRows({ invoices, charges }: Payments): readonly SheetRow[] {
  const { invoice, charge } = texts.account.sheets;
  return [
    ...invoices.map(({ id, issued_on, number, external_id, status, amount_paid, ...each }) => ({
      id,
      day: issued_on,
      what: invoice(number ?? external_id, status, givenBack(each)),
      amount: formatMoney(amount_paid, each.currency),
    })),
    ...charges.map(({ id, charged_at, external_id, amount, ...each }) => ({
      id,
      day: charged_at.slice(0, 10),
      what: charge(external_id, givenBack(each)),
      amount: formatMoney(amount, each.currency),
    })),
  ]
    .sort((one, other) => other.day.localeCompare(one.day))
    .map((row) => ({ ...row, on: formatDay(row.day) }));
}

function givenBack({ amount_refunded: amount, currency }: Pick<ChargeItem, 'amount_refunded' | 'currency'>) {
  return Number(amount) === 0 ? null : formatMoney(amount, currency);
}
