/** The steps of a waterfall. Apart from its drawing, because its table is shown without it. */

import type { Decimal } from '@keepwell/api';

import { valueText, type ChartPoint, type ChartValue } from './model';

/** Its `tick` replaces its label on the axis of a narrow chart, so it should have at most five letters, such as "Exp.". */
export interface WaterfallStep extends ChartPoint {
  /** A level is where the amount stands; a change leads from one level to the next. */
  readonly kind: 'level' | 'change';
  readonly amount: ChartValue;
  /** Replaces the label on the axis of any chart; at most eight letters. */
  readonly short?: string;
  /** A colour token; levels are drawn in the colour of text. */
  readonly color?: string;
}

/** Writes the amount of a step; a change has a sign. */
export type FormatStep = (amount: Decimal, step: WaterfallStep) => string;

/** The amount of a step in words. */
export function stepText(step: WaterfallStep, format: FormatStep): string {
  return valueText(step.amount, (amount) => format(amount, step));
}
