import { negate, sign, type TimelineItem } from '@keepwell/api';
import { formatMoney } from '@keepwell/ui';

import { texts } from '../../texts';
import { cardText, joined, ofDay, spokenCode } from '../facts/words';
import type { Sentence } from './sentence-parts';

const words = texts.timeline;
const { what } = words;

type Invoice = NonNullable<TimelineItem['invoice']>;
type Charge = NonNullable<TimelineItem['charge']>;
type Refund = NonNullable<TimelineItem['refund']>;

export function invoiceSentence(item: TimelineItem, { number, due_on, amount_paid }: Invoice): Sentence {
  const rest = number ?? undefined;
  const amount = amountOf(item);
  if (item.type === 'paid') return { icon: 'check', what: what.paid, rest, amount };
  if (item.type === 'issued') {
    return { icon: 'book', what: what.issued, rest, sub: ofDay(due_on, words.due), amount };
  }
  const isPartlyPaid = sign(amount_paid) > 0 && item.currency !== null;
  const paid = isPartlyPaid ? words.paidOfIt(formatMoney(amount_paid, item.currency ?? '')) : null;
  const sub = joined([ofDay(due_on, words.wasDue), paid]);
  return { icon: 'alert', tone: 'bad', what: what.past_due, rest, sub, amount };
}

export function chargeSentence(item: TimelineItem, charge: Charge): Sentence {
  const invoice = charge.invoice_number === null ? null : words.invoice(charge.invoice_number);
  const [sub, amount] = [joined([invoice, cardText(charge)]), amountOf(item)];
  if (item.type === 'succeeded') return { icon: 'check', tone: 'good', what: what.succeeded, sub, amount };
  if (item.type === 'pending') return { icon: 'clock', what: what.pending, sub, amount };
  return {
    icon: 'card',
    tone: 'bad',
    what: what.failed,
    rest: charge.decline_code === null ? words.noReason : spokenCode(charge.decline_code),
    sub: joined([sub, adviceText(charge.advice_code)]),
    amount,
  };
}

export function refundSentence(item: TimelineItem, { reason }: Refund): Sentence {
  const { amount, currency } = item;
  return {
    icon: 'undo',
    what: what.refunded,
    rest: reason === null ? undefined : spokenCode(reason),
    amount: amount === null || currency === null ? undefined : formatMoney(negate(amount), currency),
  };
}

function adviceText(code: string | null): string | null {
  return code === null ? null : (words.advice[code] ?? spokenCode(code));
}

function amountOf({ amount, currency }: TimelineItem): string | undefined {
  return amount === null || currency === null ? undefined : formatMoney(amount, currency);
}
