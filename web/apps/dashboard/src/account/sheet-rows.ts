/** The rows of an account's figures, newest first, in words. */

import type { AccountDetail, InvoiceItem, TimelineItem } from '@keepwell/api';
import { formatDay, formatMoney, formatMoneyChange, formatProbability } from '@keepwell/ui';

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
export function chanceRows(highlights: readonly TimelineItem[]): readonly SheetRow[] {
  return scoresOf(highlights)
    .map(({ day, probability }) => ({
      id: day,
      on: formatDay(day),
      what: texts.account.sheets.scored,
      amount: formatProbability(probability),
    }))
    .reverse();
}

/** What was paid of each invoice; what was given back is taken off the figure, and said here. */
export function invoiceRows(invoices: readonly InvoiceItem[]): readonly SheetRow[] {
  return [...invoices]
    .sort((one, other) => other.issued_on.localeCompare(one.issued_on))
    .map(({ id, issued_on, number, external_id, status, amount_paid, amount_refunded, currency }) => ({
      id,
      on: formatDay(issued_on),
      what: texts.account.sheets.invoice(
        number ?? external_id,
        status,
        Number(amount_refunded) === 0 ? null : formatMoney(amount_refunded, currency),
      ),
      amount: formatMoney(amount_paid, currency),
    }));
}
