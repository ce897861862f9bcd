/** What is known of the values of a series. Apart from the drawing, because the legend is shown before it is loaded. */

import { sum, type Decimal } from '@keepwell/api';

import { uiTexts } from '../../texts';
import { valueText, type ChartSeries, type ChartValue, type FormatValue } from './model';

export interface Known {
  readonly value: Decimal;
  readonly index: number;
}

/** The values that are known, with their places. */
export function known(values: readonly ChartValue[]): Known[] {
  return values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
}

/** The exact sum of what is known, and how much is not. */
export function totalText({ values, total }: ChartSeries, format: FormatValue): string {
  const there = known(values);
  if (there.length === 0) return valueText(null, format);
  const unknown = values.length - there.length;
  const shown = format(total ?? sum(there.map(({ value }) => value)));
  return unknown === 0 ? shown : uiTexts().chart.withUnknown(shown, unknown);
}
