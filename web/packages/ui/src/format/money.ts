import { changeRatio, sign, subtract, type Decimal } from '@keepwell/api';

import { withTrueMinus } from './number';

/** The amount in the reader's locale, exact to the smallest unit of the currency. */
export function formatMoney(amount: Decimal, currency: string): string {
  return withTrueMinus(moneyFormat(currency).format(amount));
}

/** A change of an amount, with its sign unless it is zero. */
export function formatMoneyChange(amount: Decimal, currency: string): string {
  return withTrueMinus(moneyFormat(currency, { signDisplay: 'exceptZero' }).format(amount));
}

/** The amount without its fraction, for labels in a chart, whose exact amount is beside it. */
export function formatMoneyRounded(
  amount: Decimal,
  currency: string,
  signDisplay: SignDisplay = 'negative',
): string {
  return withTrueMinus(moneyFormat(currency, { maximumFractionDigits: 0, signDisplay }).format(amount));
}

/** The amount as short as it gets, such as "+54.3K", for labels in a narrow chart. */
export function formatMoneyCompact(amount: Decimal, signDisplay: SignDisplay = 'negative'): string {
  const options = { notation: 'compact', maximumSignificantDigits: 3, signDisplay } as const;
  return withTrueMinus(new Intl.NumberFormat(undefined, options).format(amount));
}

/** A short form for the axis of a chart, such as "$1.2M"; close ticks, which need more places, are written out. */
export function formatMoneyTick(amount: number, currency: string, places = 1): string {
  const options = { notation: places > 2 ? 'standard' : 'compact', maximumFractionDigits: places } as const;
  return withTrueMinus(moneyFormat(currency, options).format(amount));
}

/** Whether a rise carries a plus sign. What rounds to zero has no sign in either case. */
export type SignDisplay = 'negative' | 'exceptZero';

export interface MoneyParts {
  /** Everything but the fraction. */
  readonly whole: string;
  /** The decimal separator and the digits after it; empty if the currency has none. */
  readonly fraction: string;
  /** What follows the fraction, such as " €". */
  readonly suffix: string;
}

export function moneyParts(
  amount: Decimal,
  currency: string,
  signDisplay: SignDisplay = 'negative',
): MoneyParts {
  const parts = moneyFormat(currency, { signDisplay }).formatToParts(amount);
  const start = parts.findIndex((part) => part.type === 'decimal');
  if (start === -1) return { whole: joined(parts), fraction: '', suffix: '' };
  const fraction = parts.slice(start, start + 2);
  return {
    whole: joined(parts.slice(0, start)),
    fraction: joined(fraction),
    suffix: joined(parts.slice(start + 2)),
  };
}

export interface MoneyChange {
  readonly direction: -1 | 0 | 1;
  readonly amount: string;
  /** Null if the earlier amount was zero. */
  readonly percent: string | null;
}

/** The difference between two amounts, formatted. */
export function describeChange(earlier: Decimal, now: Decimal, currency: string): MoneyChange {
  const difference = subtract(now, earlier);
  const ratio = changeRatio(earlier, now);
  return {
    direction: sign(difference),
    amount: formatMoneyChange(difference, currency),
    percent: ratio === null ? null : withTrueMinus(signedPercent.format(ratio)),
  };
}

const signedPercent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

function moneyFormat(currency: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    signDisplay: 'negative',
    ...options,
  });
}

function joined(parts: readonly Intl.NumberFormatPart[]): string {
  return withTrueMinus(parts.map((part) => part.value).join(''));
}
