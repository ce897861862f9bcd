import type { AccountSubscription } from '@keepwell/api';
import { formatDay, type BadgeTone } from '@keepwell/ui';

export interface SubscriptionState {
  readonly label: string;
  readonly tone: BadgeTone;
}

/** The state of a subscription on a day. It runs from `starts_on` until the day before `ends_on`. */
export function subscriptionState(subscription: AccountSubscription, on: string): SubscriptionState {
  const { starts_on, ends_on } = subscription;
  // A trial that was not paid for leaves a paid period of no days.
  if (ends_on !== null && ends_on <= starts_on) return { label: 'Never began', tone: 'neutral' };
  if (starts_on > on) return { label: 'Upcoming', tone: 'notice' };
  return ends_on !== null && ends_on <= on ? endedState(subscription) : runningState(subscription);
}

function endedState({ is_trial, end_reason }: AccountSubscription): SubscriptionState {
  if (end_reason === 'involuntary') return { label: 'Payment failed', tone: 'warning' };
  if (end_reason === 'voluntary') return { label: 'Cancelled', tone: 'neutral' };
  return { label: is_trial ? 'Trial ended' : 'Ended', tone: 'neutral' };
}

function runningState({ is_trial, cancelled_on, ends_on }: AccountSubscription): SubscriptionState {
  if (cancelled_on !== null) return { label: `Cancelled ${formatDay(cancelled_on)}`, tone: 'warning' };
  if (is_trial) return { label: 'Trial', tone: 'notice' };
  return ends_on === null ? { label: 'Running', tone: 'positive' } : { label: 'Ending', tone: 'notice' };
}
