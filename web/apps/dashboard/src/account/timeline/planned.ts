import type { PlannedItem } from '@keepwell/api';
import { formatMoney, type IconName } from '@keepwell/ui';

import { texts } from '../../texts';
import { cardText, joined } from '../facts/words';
import type { Sentence } from './sentence-parts';

const words = texts.timeline;

const ICONS: Record<PlannedItem['type'], IconName> = {
  start: 'plus',
  renewal: 'calendar',
  end: 'minus',
  card_expires: 'card',
};

/** What is known to come. */
export function plannedSentence(item: PlannedItem): Sentence {
  const { type, plan, amount, currency, end_reason } = item;
  const name = type === 'card_expires' ? (cardText(item) ?? texts.account.contact.someCard) : plan;
  return {
    icon: ICONS[type],
    tone: type === 'end' ? 'bad' : undefined,
    what: words.whatIsPlanned[type](name ?? words.somePlan),
    rest: joined([type === 'end' && end_reason !== null ? words.endReasons[end_reason] : null]),
    amount: amount === null || currency === null || type === 'end' ? undefined : priceText(item),
  };
}

/** A price with the time that it pays for, such as "$384.00 a month". */
export function priceText({ amount, amount_per, currency }: PlannedItem): string | undefined {
  if (amount === null || currency === null) return undefined;
  const price = formatMoney(amount, currency);
  return amount_per === null ? price : `${price} ${words.per[amount_per]}`;
}
