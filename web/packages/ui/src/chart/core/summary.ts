/** One sentence for each chart: what a reader would take away from it, with exact values. */

import { sign, subtract, type Decimal } from '@keepwell/api';

import type { HeatRow } from './heat';
import type { ChartData, ChartPoint, ChartSeries, FormatValue } from './model';
import type { ReliabilityGroup } from './reliability';
import { stepText, type FormatStep } from './step';
import { known, totalText, type Known } from './totals';
import type { Waterfall } from './waterfall';

export const NOTHING_KNOWN = 'No value is known.';

/** The first and the last value, and the extremes between them. */
export function summarizeLines({ points, series, format }: ChartData): string {
  const sentences = series.map((one) => lineSentence(one, points, format));
  return sentences.length === 0 ? NOTHING_KNOWN : sentences.join(' ');
}

function lineSentence(series: ChartSeries, points: readonly ChartPoint[], format: FormatValue): string {
  const { label, values } = series;
  const there = known(values);
  const [first, last] = [there[0], there.at(-1)];
  if (first === undefined || last === undefined) return `${label}: ${NOTHING_KNOWN.toLowerCase()}`;
  const at = ({ value, index }: Known) => `${format(value)} (${points[index]?.label ?? ''})`;
  if (first === last) return `${label}: ${at(first)}.`;
  const extremes = `lowest ${at(extreme(there, -1))}, highest ${at(extreme(there, 1))}`;
  const unknown = values.length - there.length;
  const gaps = unknown === 0 ? '' : `; ${unknown} of ${values.length} unknown`;
  return `${label} ${course(first.value, last.value)} ${at(first)} to ${at(last)}; ${extremes}${gaps}.`;
}

function course(first: Decimal, last: Decimal): string {
  const words = { '-1': 'fell from', '0': 'went from', '1': 'rose from' } as const;
  return words[`${sign(subtract(last, first))}`];
}

function extreme(values: readonly Known[], direction: -1 | 1): Known {
  return values.reduce((best, each) => (sign(subtract(each.value, best.value)) === direction ? each : best));
}

/** The sum of each series; of a single one also its largest value. */
export function summarizeBars({ points, series, format }: ChartData): string {
  const totals = series.map(({ label, values }) => `${label} ${totalText(values, format)}`);
  if (points.length === 0 || totals.length === 0) return NOTHING_KNOWN;
  const total = `In total: ${totals.join(', ')}.`;
  const [only] = series;
  const there = known(only?.values ?? []);
  if (series.length > 1 || there.length === 0) return total;
  const most = extreme(there, 1);
  return `${total} Most: ${format(most.value)} (${points[most.index]?.label ?? ''}).`;
}

/** Every step in words, and what the steps do not explain. */
export function summarizeWaterfall({ marks, unexplained }: Waterfall, format: FormatStep): string {
  const last = marks.at(-1)?.step;
  if (last === undefined) return NOTHING_KNOWN;
  const steps = marks.map(({ step }) => `${step.label} ${stepText(step, format)}`).join(', ');
  if (unexplained === null || sign(unexplained) === 0) return `${steps}.`;
  return `${steps}. Not explained by the steps: ${format(unexplained, { ...last, kind: 'change' })}.`;
}

/** The extremes of all cells. */
export function summarizeHeat(
  columns: readonly string[],
  rows: readonly HeatRow[],
  format: FormatValue,
): string {
  const cells = rows.flatMap(({ label, values }) =>
    values.map((value, index) => ({ value, place: `${label}, ${columns[index] ?? ''}` })),
  );
  const there = known(cells.map(({ value }) => value));
  if (there.length === 0) return NOTHING_KNOWN;
  const at = ({ value, index }: Known) => `${format(value)} (${cells[index]?.place ?? ''})`;
  return `Lowest ${at(extreme(there, -1))}, highest ${at(extreme(there, 1))}.`;
}

/** The group whose observed share is farthest from its prediction. */
export function summarizeReliability(
  groups: readonly ReliabilityGroup[],
  format: (probability: number) => string,
): string {
  const observed = groups.flatMap(({ predicted, observed: share, count }) =>
    share === null ? [] : [{ predicted, share, count, distance: Math.abs(share - predicted) }],
  );
  const [first, ...others] = observed;
  if (first === undefined) return NOTHING_KNOWN;
  const worst = others.reduce((far, each) => (each.distance > far.distance ? each : far), first);
  const place = `${format(worst.predicted)} predicted, ${format(worst.share)} observed`;
  return `${observed.length} of ${groups.length} groups were observed. Farthest apart: ${place}.`;
}
