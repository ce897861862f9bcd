import type { TimelineItem } from '@keepwell/api';
import { formatCount, formatDay, formatProbability } from '@keepwell/ui';

import { reasonText } from '../../risk/reason-text';
import { texts } from '../../texts';
import { joined, spokenCode } from '../facts/words';
import { chargeSentence, invoiceSentence, refundSentence } from './payment-sentences';
import type { Sentence } from './sentence-parts';
import { signalSentence } from './signal-sentence';
import { subscriptionSentence } from './subscription-sentence';

const words = texts.timeline;
const cases = texts.cases;

export function sentenceOf(item: TimelineItem): Sentence {
  const { charge, contact, events, invoice, refund, score, signal, subscription } = item;
  if (item.case !== null) return caseSentence(item, item.case);
  if (subscription !== null) return subscriptionSentence(item, subscription);
  if (invoice !== null) return invoiceSentence(item, invoice);
  if (charge !== null) return chargeSentence(item, charge);
  if (refund !== null) return refundSentence(item, refund);
  if (events !== null) return eventsSentence(events);
  if (score !== null) return scoreSentence(score);
  if (signal !== null) return signalSentence(signal);
  return contactSentence(item, contact);
}

function eventsSentence({ count, kinds, top }: NonNullable<TimelineItem['events']>): Sentence {
  const others = kinds - top.length;
  const named = top.map((one) => words.eventCount(spokenCode(one.event), formatCount(one.count)));
  return {
    icon: 'data',
    what: words.events(count, formatCount(count)),
    sub: joined([...named, others > 0 ? words.otherNames(formatCount(others)) : null]),
  };
}

function scoreSentence(score: NonNullable<TimelineItem['score']>): Sentence {
  const { probability, probability_before: before, reasons, is_held, has_signal, label } = score;
  const said = words.labels[label];
  return {
    icon: 'pulse',
    isStrong: true,
    what: said.chance(formatProbability(probability)),
    rest: before === null ? undefined : words.was(formatProbability(before)),
    sub: joined(
      [is_held ? words.leftAlone : null, has_signal ? null : said.overallRate, ...reasons.map(reasonText)],
      ' · ',
    ),
  };
}

function caseSentence({ type }: TimelineItem, of: NonNullable<TimelineItem['case']>): Sentence {
  if (type === 'contacted') {
    return {
      icon: of.channel === 'mail' ? 'mail' : 'phone',
      isStrong: true,
      what: cases.channels[of.channel ?? 'other'],
      rest: of.by === null ? undefined : cases.by(of.by),
      sub: of.note ?? undefined,
    };
  }
  const isOpening = type === 'opened';
  return {
    icon: 'outcomes',
    what: isOpening ? words.what.opened : words.what.ended,
    rest: isOpening ? cases.until(formatDay(of.horizon_ends_on)) : cases.outcomes[of.outcome],
    sub: of.arm === 'hold' ? words.leftAlone : undefined,
  };
}

function contactSentence({ type }: TimelineItem, contact: TimelineItem['contact']): Sentence {
  return {
    icon: 'person',
    what: type === 'removed' ? words.what.removed : words.what.added,
    rest: contact?.name ?? undefined,
    sub: contact?.email ?? undefined,
  };
}
