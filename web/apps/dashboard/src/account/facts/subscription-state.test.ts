import type { AccountSubscription } from '@keepwell/api';
import { expect, test } from 'vitest';

import { subscriptionState } from './subscription-state';

const running: AccountSubscription = {
  id: 'subscription-1',
  external_id: 'S-1',
  plan: 'Basic',
  seats: 3,
  mrr: '30.00',
  currency: 'USD',
  interval: 'month',
  starts_on: '2024-01-01',
  ends_on: null,
  is_trial: false,
  cancelled_on: null,
  end_reason: null,
};

function labelOn(on: string, changed: Partial<AccountSubscription>): string {
  return subscriptionState({ ...running, ...changed }, on).label;
}

test('a subscription runs until the day before its end', () => {
  expect(labelOn('2024-05-31', { ends_on: '2024-06-01' })).toBe('Ending');
  expect(labelOn('2024-06-01', { ends_on: '2024-06-01' })).toBe('Ended');
});

test('a subscription is upcoming until the day it starts', () => {
  const later = { starts_on: '2024-03-01' };
  expect([labelOn('2024-02-29', later), labelOn('2024-03-01', later)]).toEqual(['Upcoming', 'Running']);
});

test('a cancelled subscription that is still running shows when it was cancelled', () => {
  const cancelled = {
    ends_on: '2024-06-01',
    cancelled_on: '2024-05-12',
    end_reason: 'voluntary',
  } as const;
  expect(labelOn('2024-05-20', cancelled)).toBe('Cancelled May 12, 2024');
  expect(labelOn('2024-07-01', cancelled)).toBe('Cancelled');
});

test('the paid period of a trial that was not paid for never began', () => {
  expect(labelOn('2024-07-01', { starts_on: '2024-06-01', ends_on: '2024-06-01' })).toBe('Never began');
});

test('failed payments are distinguished from a cancellation', () => {
  expect(labelOn('2024-07-01', { ends_on: '2024-06-01', end_reason: 'involuntary' })).toBe('Payment failed');
});

test('a trial is a trial until it ends', () => {
  const trial = { is_trial: true, ends_on: '2024-01-15' };
  expect([labelOn('2024-01-10', trial), labelOn('2024-01-15', trial)]).toEqual(['Trial', 'Trial ended']);
});
