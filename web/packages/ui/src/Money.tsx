import type { Decimal } from '@keepwell/api';

import { formatMoney, moneyParts, type SignDisplay } from './format/money';

export interface MoneyProps {
  readonly amount: Decimal;
  readonly currency: string;
}

/** An amount; the markup also contains the exact decimal of the API. */
export function Money({ amount, currency }: MoneyProps) {
  return <data value={amount}>{formatMoney(amount, currency)}</data>;
}

export interface MoneyFigureProps extends MoneyProps {
  readonly signDisplay?: SignDisplay;
}

/** A large amount with a smaller fraction. */
export function MoneyFigure({ amount, currency, signDisplay = 'negative' }: MoneyFigureProps) {
  const { whole, fraction, suffix } = moneyParts(amount, currency, signDisplay);
  return (
    <data value={amount}>
      {whole}
      <span className="money-fraction">{fraction}</span>
      {suffix}
    </data>
  );
}
