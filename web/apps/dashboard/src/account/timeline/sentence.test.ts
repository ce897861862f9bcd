import type { TimelineItem } from '@keepwell/api';
import { expect, test } from 'vitest';

import { timelineItem } from '../../testing/timeline';
import { sentenceOf } from './sentence';

const charge: NonNullable<TimelineItem['charge']> = {
  decline_code: 'insufficient_funds',
  advice_code: 'do_not_try_again',
  invoice_id: 'i1',
  invoice_number: 'INV-2041',
  brand: 'visa',
  last4: '0341',
};
const movement: NonNullable<TimelineItem['subscription']> = {
  mrr_before: '309.00',
  mrr_after: '412.00',
  plans_before: ['Solo'],
  plans: ['Studio'],
  seats: null,
  ends_on: null,
  end_reason: null,
};
const money = { amount: '412.00', currency: 'USD' } as const;

test('a declined charge says why, for what, with which card, and what the bank advises', () => {
  const item = timelineItem({ kind: 'charge', type: 'failed', charge, ...money });
  expect(sentenceOf(item)).toMatchObject({
    tone: 'bad',
    what: 'Charge declined',
    rest: 'insufficient funds',
    sub: 'Invoice INV-2041, Visa ending 0341, the bank says: do not try again',
    amount: '$412.00',
  });
});

test('a charge that was declined without a code says that nobody gave a reason', () => {
  const silent = { ...charge, decline_code: null, advice_code: null };
  expect(sentenceOf(timelineItem({ kind: 'charge', type: 'failed', charge: silent })).rest).toBe(
    'no reason given',
  );
});

test('an expansion names both plans, both MRRs and the change', () => {
  const item = timelineItem({ kind: 'subscription', type: 'expansion', subscription: movement, ...money });
  expect(sentenceOf({ ...item, amount: '103.00' })).toMatchObject({
    rest: 'Solo to Studio',
    sub: 'MRR $309.00 to $412.00',
    amount: '+$103.00',
  });
});

test('who left is said to have left by choice or over a payment', () => {
  const left = { ...movement, plans: [], mrr_after: '0.00' as const, end_reason: 'involuntary' as const };
  const item = timelineItem({ kind: 'subscription', type: 'churn', subscription: left });
  expect(sentenceOf(item).rest).toBe('Solo, after a failed payment');
});

test('an announced cancellation says when service ends', () => {
  const ending = { ...movement, mrr_before: null, mrr_after: null, ends_on: '2024-07-28' };
  const item = timelineItem({ kind: 'subscription', type: 'cancellation_announced', subscription: ending });
  expect(sentenceOf(item).sub).toBe('Service ends Jul 28, 2024');
});

test('events of a day are one line with the most frequent names and how many more kinds there were', () => {
  const events = {
    count: 1204,
    kinds: 4,
    top: [
      { event: 'booking_made', count: 1200 },
      { event: 'signed_in', count: 2 },
    ],
    last_at: '2024-12-30T22:51:00Z',
  };
  expect(sentenceOf(timelineItem({ kind: 'events', type: 'day', events }))).toMatchObject({
    what: '1,204 events',
    sub: 'booking made 1,200, signed in 2, 2 more kinds',
  });
});

test('a score says what it was on the list before, and its reasons', () => {
  const score = {
    version: 2,
    probability: 0.58,
    probability_before: 0.12,
    kind: 'voluntary',
    reasons: [{ code: 'cancelled', text: 'Cancelled on 2024-11-24; service ends on 2024-12-23' }],
    is_held: false,
    has_signal: true,
    label: 'subscription',
  } as const;
  expect(
    sentenceOf(
      timelineItem({ kind: 'score', type: 'scored', score: { ...score, reasons: [...score.reasons] } }),
    ),
  ).toMatchObject({
    what: 'Chance of leaving 58%',
    rest: 'was 12% on the list before',
    sub: 'Cancelled on Nov 24, 2024; service ends on Dec 23, 2024',
  });
});

test('a refund is money that went back', () => {
  const refund = { charge_id: 'c1', reason: 'requested_by_customer' };
  expect(sentenceOf(timelineItem({ kind: 'refund', type: 'refunded', refund, ...money }))).toMatchObject({
    rest: 'requested by customer',
    amount: '−$412.00',
  });
});

test('a contact that was removed keeps no name', () => {
  const contact = { name: null, email: null, is_billing: true };
  expect(sentenceOf(timelineItem({ kind: 'contact', type: 'removed', contact })).what).toBe(
    'Contact removed',
  );
});

test('a signal shows its value, whatever it is', () => {
  const signal = { name: 'nps', value: { score: 3 }, known_at: '2024-12-30T22:51:00Z' };
  expect(sentenceOf(timelineItem({ kind: 'signal', type: 'observed', signal })).rest).toBe('{"score":3}');
});

test('an invoice that is past due says what of it was paid', () => {
  const invoice = { number: 'INV-1', status: 'open', amount_paid: '100.00', due_on: '2024-11-17' } as const;
  const item = timelineItem({ kind: 'invoice', type: 'past_due', invoice, ...money });
  expect(sentenceOf(item).sub).toBe('was due Nov 17, 2024, $100.00 of it paid');
});
