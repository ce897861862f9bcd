import type { AccountDetail, AccountSubscription } from '@keepwell/api';
import { formatCount, formatDay, formatMoney, Tag } from '@keepwell/ui';

import { texts } from '../../texts';
import { joined } from '../facts/words';
import { RailPart } from './RailPart';
import { subscriptionState } from '../facts/subscription-state';

const account = texts.account;
const { subscriptions: words } = account;

export interface SubscriptionsPartProps {
  readonly account: AccountDetail;
  readonly today: string;
}

/** Beyond these, a customer of ten years would push the rail far below its timeline. */
const MOST_ENDED = 3;

/** What runs, then what ran before. */
export function SubscriptionsPart({ account: { subscriptions }, today }: SubscriptionsPartProps) {
  const [open, ended] = [true, false].map((isOpen) =>
    subscriptions.filter(({ ends_on }) => (ends_on === null || ends_on > today) === isOpen),
  );
  const shown = [...(open ?? []), ...(ended ?? []).slice(0, MOST_ENDED)];
  const hidden = subscriptions.length - shown.length;
  return (
    <RailPart title={words.title} note={hidden > 0 ? words.earlier(formatCount(hidden)) : undefined}>
      {shown.length === 0 ? <p className="rail-text muted">{words.none}</p> : null}
      <ul className="rail-subscriptions">
        {shown.map((subscription) => (
          <SubscriptionRow key={subscription.id} subscription={subscription} today={today} />
        ))}
      </ul>
    </RailPart>
  );
}

interface SubscriptionRowProps {
  readonly subscription: AccountSubscription;
  readonly today: string;
}

function SubscriptionRow({ subscription, today }: SubscriptionRowProps) {
  const { plan, seats, mrr, currency, starts_on, ends_on, is_trial } = subscription;
  const { label, tone } = subscriptionState(subscription, today);
  const from = formatDay(starts_on);
  return (
    <li>
      <span>
        <bdi>{joined([plan, seats === 1 ? account.oneSeat : account.seats(formatCount(seats))])}</bdi>
        <span className="rail-sub">
          {joined(
            [
              is_trial ? null : words.mrr(formatMoney(mrr, currency)),
              ends_on === null ? words.from(from) : words.period(from, formatDay(ends_on)),
            ],
            ' · ',
          )}
        </span>
      </span>
      <Tag tone={tone}>{label}</Tag>
    </li>
  );
}
