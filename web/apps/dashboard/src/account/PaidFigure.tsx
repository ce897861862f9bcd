import { subtract, sum, type AccountDetail, type Decimal } from '@keepwell/api';
import { Figure, formatCount, formatMoney, MoneyFigure } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { paymentsQuery, type Payments } from '../queries/accounts/billing';
import { texts } from '../texts';

const words = texts.account;

export interface PaidFigureProps {
  readonly account: AccountDetail;
  readonly onOpen: () => void;
}

/** What the account has paid so far less what it got back; amounts in other currencies stand beside it. */
export function PaidFigure({ account: { id, currency }, onOpen }: PaidFigureProps) {
  const payments = useQuery(paymentsQuery(id)).data;
  if (payments === undefined) return <Figure label={words.paid} value="–" change=" " />;
  const received = receivedOf(payments);
  if (received.length === 0) return <Figure label={words.paid} value="–" change={words.noPayments} />;
  const [[shownIn, paid], ...others] = paidByCurrency(received, currency);
  const amounts = others.map(([other, amount]) => formatMoney(amount, other)).join(', ');
  const count = countText(payments);
  return (
    <Figure
      label={words.paid}
      value={<MoneyFigure amount={paid} currency={shownIn} />}
      onOpen={onOpen}
      change={amounts === '' ? count : `${words.andAlso(amounts)}; ${count}`}
    />
  );
}

function countText({ invoices, charges }: Payments): string {
  const open = invoices.filter(({ status }) => status === 'open').length;
  return [
    invoices.length === 0
      ? null
      : words.invoices(formatCount(invoices.length), open === 0 ? null : formatCount(open)),
    charges.length === 0 ? null : words.charges(formatCount(charges.length)),
  ]
    .filter((text) => text !== null)
    .join(', ');
}

interface Received {
  readonly currency: string;
  readonly amount_paid: Decimal;
  readonly amount_refunded: Decimal;
}

/** The money of invoices, and of charges that none of them has. */
export function receivedOf({ invoices, charges }: Payments): readonly Received[] {
  return [...invoices, ...charges.map((charge) => ({ ...charge, amount_paid: charge.amount }))];
}

type Paid = readonly [currency: string, amount: Decimal];

/** By currency, the account's own first if it has paid in it. */
export function paidByCurrency(
  received: readonly Received[],
  own: string,
): readonly [Paid, ...(readonly Paid[])] {
  const currencies = [...new Set(received.map(({ currency }) => currency))].sort(
    (a, b) => Number(b === own) - Number(a === own),
  );
  const [first = own, ...others] = currencies;
  const paidIn = (currency: string): Paid => [
    currency,
    sum(
      received
        .filter((each) => each.currency === currency)
        .map(({ amount_paid, amount_refunded }) => subtract(amount_paid, amount_refunded)),
    ),
  ];
  return [paidIn(first), ...others.map(paidIn)];
}
