import type { TimelineItem } from '@keepwell/api';
import { formatMoney, formatMoneyChange, type IconName } from '@keepwell/ui';

import { texts } from '../../texts';
import { joined, ofDay } from '../facts/words';
import type { Sentence } from './sentence-parts';

const words = texts.timeline;

type Details = NonNullable<TimelineItem['subscription']>;

interface Look {
  readonly icon: IconName;
  readonly tone?: Sentence['tone'];
  readonly what: string;
}

const LOOKS: Partial<Record<TimelineItem['type'], Look>> = {
  new: { icon: 'plus', tone: 'good', what: words.what.new },
  expansion: { icon: 'up', tone: 'good', what: words.what.expansion },
  contraction: { icon: 'down', tone: 'bad', what: words.what.contraction },
  churn: { icon: 'minus', tone: 'bad', what: words.what.churn },
  reactivation: { icon: 'retry', tone: 'good', what: words.what.reactivation },
  trial_started: { icon: 'clock', what: words.what.trial_started },
  cancellation_announced: { icon: 'calendar', tone: 'bad', what: words.what.cancellation_announced },
};
const EXCHANGE_RATES: Look = { icon: 'revenue', what: words.what.fx };

/** A change of MRR, a trial, or an end that was announced. */
export function subscriptionSentence(item: TimelineItem, details: Details): Sentence {
  const { amount, currency, type } = item;
  const reason =
    type === 'churn' && details.end_reason !== null ? words.endReasons[details.end_reason] : null;
  return {
    ...(LOOKS[type] ?? EXCHANGE_RATES),
    rest: joined([plansText(details), reason]),
    sub: endText(item, details) ?? mrrText(details, currency),
    amount: amount === null || currency === null ? undefined : formatMoneyChange(amount, currency),
  };
}

function plansText({ plans, plans_before }: Details): string {
  const [before, after] = [plans_before.join(', '), plans.join(', ')];
  const hasChanged = before !== '' && after !== '' && before !== after;
  return hasChanged ? words.fromTo(before, after) : after || before;
}

function endText({ type }: TimelineItem, { ends_on }: Details): string | undefined {
  if (type === 'trial_started') return ofDay(ends_on, words.trialUntil);
  return type === 'cancellation_announced' ? ofDay(ends_on, words.serviceEnds) : undefined;
}

function mrrText({ mrr_before, mrr_after }: Details, currency: string | null): string | undefined {
  if (mrr_before === null || mrr_after === null || currency === null) return undefined;
  return words.mrr(formatMoney(mrr_before, currency), formatMoney(mrr_after, currency));
}
