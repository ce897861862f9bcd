/** Values of figures in words: each in its unit, with its change. */

import { changeRatio, sign, subtract, type Decimal } from '@keepwell/api';
import {
  formatCount,
  formatCountChange,
  formatDecimal,
  formatMoney,
  formatMoneyChange,
  formatPoints,
  formatRatio,
} from '@keepwell/ui';

import { texts } from '../texts';
import type { Unit } from './ref';

export function figureText(value: Decimal, unit: Unit, currency: string): string {
  switch (unit) {
    case 'money':
      return formatMoney(value, currency);
    case 'change':
      return formatMoneyChange(value, currency);
    case 'count':
      return formatCount(Number(value));
    case 'ratio':
      return formatRatio(value);
    case 'rate':
      return formatRatio(value, 2);
    case 'number':
      return formatDecimal(value);
  }
}

/** The difference between two values of a figure. */
export function differenceText(difference: Decimal, unit: Unit, currency: string): string {
  switch (unit) {
    case 'money':
    case 'change':
      return formatMoneyChange(difference, currency);
    case 'count':
      return formatCountChange(Number(difference));
    case 'ratio':
      return texts.figures.points(formatPoints(difference));
    case 'rate':
      return texts.figures.points(formatPoints(difference, 2));
    case 'number':
      return formatDecimal(difference, 2, { signDisplay: 'exceptZero' });
  }
}

type Direction = -1 | 0 | 1;

export interface FigureChange {
  readonly direction: Direction;
  /** Zero also where the short text rounds to nothing. */
  readonly shortDirection: Direction;
  /** As short as a band needs it: money by its percentage, everything else by its difference. */
  readonly short: string;
  /** The exact difference, for money with the percentage. */
  readonly exact: string;
}

/** Null if one of the values is unknown. */
export function figureChange(
  earlier: Decimal | null,
  now: Decimal | null,
  { unit, currency }: { readonly unit: Unit; readonly currency: string },
): FigureChange | null {
  if (earlier === null || now === null) return null;
  const difference = subtract(now, earlier);
  const exact = differenceText(difference, unit, currency);
  const direction = sign(difference);
  const unlessNone = (text: string, none: string) => (text === none ? 0 : direction);
  const ratio = unit === 'money' ? changeRatio(earlier, now) : null;
  if (ratio === null) {
    const shown = unlessNone(exact, differenceText('0', unit, currency));
    return { direction: shown, shortDirection: shown, short: exact, exact };
  }
  const percent = `${formatPoints(ratio)}%`;
  const shortDirection = unlessNone(percent, `${formatPoints('0')}%`);
  return { direction, shortDirection, short: percent, exact: texts.figures.withPercent(exact, percent) };
}
