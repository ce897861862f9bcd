import type { Decimal } from '@keepwell/api';

import { formatMoney, moneyParts, type SignDisplay } from './format/money';

export interface MoneyProps {
  readonly amount: Decimal;
  readonly currency: string;
}

/** An amount; the raw decimal of the API stays readable for machines. */
export function Money({ amount, currency }: MoneyProps) {
  return <data value={amount}>{formatMoney(amount, currency)}</data>;
}

export interface MoneyFigureProps extends MoneyProps {
  readonly signDisplay?: SignDisplay;
}

/** The same large, with its fraction set back. */
export function MoneyFigure({ amount, currency, signDisplay = 'auto' }: MoneyFigureProps) {
  const { whole, fraction, suffix } = moneyParts(amount, currency, signDisplay);
  return (
    <data value={amount}>
      {whole}
      <span className="money-fraction">{fraction}</span>
      {suffix}
    </data>
  );
}
