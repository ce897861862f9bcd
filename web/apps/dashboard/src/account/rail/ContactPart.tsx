import type { PaymentMethodItem, PlannedItem, Timeline } from '@keepwell/api';
import { Facts, formatDay, formatMonth, Skeleton, type Fact } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { contactsQuery, paymentMethodsQuery } from '../../queries/accounts/billing';
import { Loaded } from '../../shell/Loaded';
import { texts } from '../../texts';
import { inOrder } from '../facts/contact-ways';
import { declinedCharge } from '../facts/highlights';
import { priceText } from '../timeline/planned';
import { cardText, joined, spokenCode } from '../facts/words';
import { Person } from './Person';
import { RailPart } from './RailPart';

const { contact: words } = texts.account;

export interface ContactPartProps {
  readonly accountId: string;
  readonly highlights: Timeline | undefined;
  readonly today: string;
}

/** Whom to ask, what is paid with, and when the next payment is. */
export function ContactPart({ accountId, highlights, today }: ContactPartProps) {
  const contacts = useQuery(contactsQuery(accountId));
  const methods = useQuery(paymentMethodsQuery(accountId));
  const loading = <Skeleton label={words.title} lines={4} />;
  return (
    <RailPart title={words.title}>
      <Loaded query={contacts} loading={loading}>
        {(people) =>
          people.length === 0 ? (
            <Facts facts={[[words.person, words.none]]} />
          ) : (
            <dl className="facts">
              {inOrder(people).map((contact) => (
                <Person key={contact.id} contact={contact} />
              ))}
            </dl>
          )
        }
      </Loaded>
      <Loaded query={methods} loading={null}>
        {(cards) => <Facts facts={paymentFacts(cards, { highlights, today })} />}
      </Loaded>
    </RailPart>
  );
}

interface Known {
  readonly highlights: Timeline | undefined;
  readonly today: string;
}

function paymentFacts(cards: readonly PaymentMethodItem[], { highlights, today }: Known): readonly Fact[] {
  const card = cards.find(({ is_default }) => is_default) ?? cards[0];
  const next = highlights?.planned.find(({ type }) => type === 'renewal' || type === 'end');
  return [
    [
      words.card,
      <>
        {card === undefined ? words.noCard : describedCard(card, today)}
        <Declined highlights={highlights} />
      </>,
    ],
    [
      next?.type === 'end' ? words.ends : words.renewal,
      highlights === undefined ? '…' : next === undefined ? words.noRenewal : nextText(next),
    ],
  ];
}

function describedCard(card: PaymentMethodItem, today: string): string {
  const { exp_month, exp_year, gateway } = card;
  const name = cardText(card) ?? gateway ?? words.someCard;
  if (exp_month === null || exp_year === null) return name;
  const month = `${exp_year}-${String(exp_month).padStart(2, '0')}`;
  const isOver = month < today.slice(0, 7);
  const until = formatMonth(`${month}-01`, 'short');
  return joined([name, isOver ? words.expired(until) : words.expires(until)]) ?? name;
}

/** That the newest charge failed: the card is then what is wrong. */
function Declined({ highlights }: { readonly highlights: Timeline | undefined }) {
  const failed = declinedCharge(highlights?.items ?? []);
  if (failed === null) return null;
  const code = failed.charge?.decline_code ?? null;
  const reason = code === null ? texts.timeline.noReason : spokenCode(code);
  return <span className="rail-sub bad">{words.declined(formatDay(failed.day), reason)}</span>;
}

function nextText(next: PlannedItem): string {
  const day = formatDay(next.day);
  return next.type === 'end' ? day : (joined([day, priceText(next)]) ?? day);
}
