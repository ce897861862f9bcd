import type { AccountSubscription } from '@keepwell/api';
import { formatDay, type TagTone } from '@keepwell/ui';

import { texts } from '../../texts';

const { states: words } = texts.account.subscriptions;

export interface SubscriptionState {
  readonly label: string;
  readonly tone: TagTone;
  readonly isRunning: boolean;
}

/** The state of a subscription on a day. It runs from `starts_on` until the day before `ends_on`. */
export function subscriptionState(subscription: AccountSubscription, on: string): SubscriptionState {
  const { starts_on, ends_on } = subscription;
  // A trial that was not paid for leaves a paid period of no days.
  if (ends_on !== null && ends_on <= starts_on) return stopped(words.neverBegan);
  if (starts_on > on) return stopped(words.upcoming);
  return ends_on !== null && ends_on <= on ? endedState(subscription) : runningState(subscription);
}

function endedState({ is_trial, end_reason }: AccountSubscription): SubscriptionState {
  if (end_reason === 'involuntary') return stopped(words.paymentFailed, 'warning');
  if (end_reason === 'voluntary') return stopped(words.cancelled);
  return stopped(is_trial ? words.trialEnded : words.ended);
}

function stopped(label: string, tone: TagTone = 'neutral'): SubscriptionState {
  return { label, tone, isRunning: false };
}

function runningState({ is_trial, cancelled_on, ends_on }: AccountSubscription): SubscriptionState {
  if (cancelled_on !== null) {
    return { label: words.cancelledOn(formatDay(cancelled_on)), tone: 'warning', isRunning: true };
  }
  if (is_trial) return { label: words.trial, tone: 'neutral', isRunning: true };
  if (ends_on !== null) return { label: words.ending, tone: 'neutral', isRunning: true };
  return { label: words.running, tone: 'positive', isRunning: true };
}
