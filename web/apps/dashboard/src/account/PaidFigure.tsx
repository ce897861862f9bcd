import { subtract, sum, type AccountDetail, type Decimal, type InvoiceItem } from '@keepwell/api';
import { Figure, formatCount, formatMoney, MoneyFigure } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { invoicesQuery } from '../queries/accounts/billing';
import { texts } from '../texts';

const words = texts.account;

export interface PaidFigureProps {
  readonly account: AccountDetail;
  readonly onOpen: () => void;
}

/** What the account has paid so far less what it got back, by its invoices; amounts in other currencies stand beside it. */
export function PaidFigure({ account: { id, currency }, onOpen }: PaidFigureProps) {
  const invoices = useQuery(invoicesQuery(id)).data;
  if (invoices === undefined) return <Figure label={words.paid} value="–" change=" " />;
  if (invoices.length === 0) return <Figure label={words.paid} value="–" change={words.noInvoices} />;
  const [[shownIn, paid], ...others] = paidByCurrency(invoices, currency);
  const open = invoices.filter(({ status }) => status === 'open').length;
  const count = words.invoices(formatCount(invoices.length), open === 0 ? null : formatCount(open));
  const amounts = others.map(([other, amount]) => formatMoney(amount, other)).join(', ');
  return (
    <Figure
      label={words.paid}
      value={<MoneyFigure amount={paid} currency={shownIn} />}
      onOpen={onOpen}
      change={amounts === '' ? count : `${words.andAlso(amounts)}; ${count}`}
    />
  );
}

type Paid = readonly [currency: string, amount: Decimal];

/** By currency, the account's own first if it has paid in it. */
export function paidByCurrency(
  invoices: readonly Pick<InvoiceItem, 'currency' | 'amount_paid' | 'amount_refunded'>[],
  own: string,
): readonly [Paid, ...(readonly Paid[])] {
  const currencies = [...new Set(invoices.map(({ currency }) => currency))].sort(
    (a, b) => Number(b === own) - Number(a === own),
  );
  const [first = own, ...others] = currencies;
  const paidIn = (currency: string): Paid => [
    currency,
    sum(
      invoices
        .filter((invoice) => invoice.currency === currency)
        .map(({ amount_paid, amount_refunded }) => subtract(amount_paid, amount_refunded)),
    ),
  ];
  return [paidIn(first), ...others.map(paidIn)];
}
