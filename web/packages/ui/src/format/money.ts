import { changeRatio, sign, subtract, type Decimal } from '@keepwell/api';

/** The amount in the reader's own notation, exact to the last place of the currency. */
export function formatMoney(amount: Decimal, currency: string): string {
  return moneyFormat(currency).format(amount);
}

/** The same with its sign always shown, for a change. */
export function formatMoneyChange(amount: Decimal, currency: string): string {
  return moneyFormat(currency, { signDisplay: 'exceptZero' }).format(amount);
}

/** A short form for the axis of a chart, such as "$1.2M". */
export function formatMoneyTick(amount: number, currency: string): string {
  return moneyFormat(currency, { notation: 'compact', maximumFractionDigits: 1 }).format(amount);
}

/** Whether a rise carries a plus sign. */
export type SignDisplay = 'auto' | 'exceptZero';

export interface MoneyParts {
  /** Everything but the fraction. */
  readonly whole: string;
  /** The separator and the digits after it; empty if the currency has none. */
  readonly fraction: string;
  /** What follows the fraction, such as " €". */
  readonly suffix: string;
}

export function moneyParts(amount: Decimal, currency: string, signDisplay: SignDisplay = 'auto'): MoneyParts {
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

/** What changed between two amounts, ready to be shown. */
export function describeChange(earlier: Decimal, now: Decimal, currency: string): MoneyChange {
  const difference = subtract(now, earlier);
  const ratio = changeRatio(earlier, now);
  return {
    direction: sign(difference),
    amount: formatMoneyChange(difference, currency),
    percent: ratio === null ? null : signedPercent.format(ratio),
  };
}

const signedPercent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

function moneyFormat(currency: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...options });
}

function joined(parts: readonly Intl.NumberFormatPart[]): string {
  return parts.map((part) => part.value).join('');
}
