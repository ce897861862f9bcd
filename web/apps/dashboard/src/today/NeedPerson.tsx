import type { FailedPaymentItem, Today } from '@keepwell/api';
import { formatCount, formatMoney, Money, Section, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';

const words = texts.today;
const { columns: headers } = words;

/** The largest unpaid invoices for which neither a mail nor another attempt will do. */
export function NeedPerson({
  today: { failed_payments: totals, need_person: items },
}: {
  readonly today: Today;
}) {
  const note =
    totals.need_person === 0
      ? undefined
      : words.personsNote(
          formatCount(totals.need_person),
          formatMoney(totals.need_person_amount, totals.currency),
        );
  return (
    <Section title={words.persons} note={note}>
      {items.length === 0 ? (
        <p className="muted">{words.noPersons}</p>
      ) : (
        <Table
          label={words.persons}
          columns={COLUMNS}
          rows={items}
          rowKey={({ id }) => id}
          narrow="cards"
          isFixed
        />
      )}
    </Section>
  );
}

const COLUMNS: readonly Column<FailedPaymentItem>[] = [
  {
    id: 'account',
    header: headers.account,
    cell: ({ account_id, name }) => (
      <Link to="/accounts/$accountId" params={{ accountId: account_id }}>
        <bdi>{name}</bdi>
      </Link>
    ),
    rowHeader: true,
    place: 'name',
    width: 200,
  },
  {
    id: 'what',
    header: headers.what,
    cell: ({ needs_person: need }) => (need === null ? null : words.needs[need].what),
    place: 'text',
  },
  {
    id: 'waiting',
    header: headers.waiting,
    align: 'end',
    cell: ({ days }) => <span className="muted">{words.waitingDays(formatCount(days))}</span>,
    isSpare: true,
    width: 80,
  },
  {
    id: 'unpaid',
    header: headers.invoice,
    align: 'end',
    cell: ({ amount, currency }) => (
      <span className="strong">
        <Money amount={amount} currency={currency} />
      </span>
    ),
    place: 'amount',
    width: 112,
  },
  { id: 'open', header: headers.next, cell: (item) => <OpenAccount item={item} />, width: 144 },
];

function OpenAccount({
  item: { account_id, name, needs_person: need },
}: {
  readonly item: FailedPaymentItem;
}) {
  if (need === null) return null;
  const { step } = words.needs[need];
  return (
    <Link
      to="/accounts/$accountId"
      params={{ accountId: account_id }}
      className="button button-secondary button-small step-button"
      aria-label={words.stepFor(step, name)}
    >
      {step}
    </Link>
  );
}
