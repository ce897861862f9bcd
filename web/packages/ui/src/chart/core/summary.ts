/** One sentence for each chart: what a reader would take away from it, with exact values. */

import { sign, subtract, type Decimal } from '@keepwell/api';

import { uiTexts } from '../../texts';
import type { HeatRow } from './heat';
import type { ChartData, ChartPoint, ChartSeries, FormatValue } from './model';
import type { ReliabilityGroup } from './reliability';
import { stepText, type FormatStep } from './step';
import { known, totalText, type Known } from './totals';
import type { Waterfall } from './waterfall';

/** The first and the last value, and the extremes between them. */
export function summarizeLines({ points, series, format }: ChartData): string {
  const sentences = series.map((one) => lineSentence(one, points, format));
  return sentences.length === 0 ? uiTexts().summary.nothingKnown : sentences.join(' ');
}

function lineSentence(series: ChartSeries, points: readonly ChartPoint[], format: FormatValue): string {
  const { label, values, pointLabels } = series;
  const words = uiTexts().summary;
  const there = known(values);
  const [first, last] = [there[0], there.at(-1)];
  if (first === undefined || last === undefined) return words.nothingKnownOf(label);
  const at = ({ value, index }: Known) =>
    words.at(format(value), pointLabels?.[index] ?? points[index]?.label ?? '');
  if (first === last) return words.one(label, at(first));
  const unknown = values.length - there.length;
  const gaps = unknown === 0 ? '' : words.gaps(unknown, values.length);
  const course = words[courseOf(first.value, last.value)](label, at(first), at(last));
  return words.course(course, at(extreme(there, -1)), at(extreme(there, 1)), gaps);
}

function courseOf(first: Decimal, last: Decimal) {
  const courses = { '-1': 'fell', '0': 'went', '1': 'rose' } as const;
  return courses[`${sign(subtract(last, first))}`];
}

function extreme(values: readonly Known[], direction: -1 | 1): Known {
  return values.reduce((best, each) => (sign(subtract(each.value, best.value)) === direction ? each : best));
}

/** The sum of each series; of a single one also its largest value. */
export function summarizeBars({ points, series, format }: ChartData): string {
  const totals = series.map((one) => `${one.label} ${totalText(one, format)}`);
  const words = uiTexts().summary;
  if (points.length === 0 || totals.length === 0) return words.nothingKnown;
  const total = words.total(totals.join(', '));
  const [only] = series;
  const there = known(only?.values ?? []);
  if (series.length > 1 || there.length === 0) return total;
  const most = extreme(there, 1);
  return words.most(total, words.at(format(most.value), points[most.index]?.label ?? ''));
}

/** Every step in words, and what the steps do not explain. */
export function summarizeWaterfall({ marks, unexplained }: Waterfall, format: FormatStep): string {
  const last = marks.at(-1)?.step;
  const words = uiTexts().summary;
  if (last === undefined) return words.nothingKnown;
  const steps = marks.map(({ step }) => `${step.label} ${stepText(step, format)}`).join(', ');
  const explained = words.steps(steps);
  if (unexplained === null || sign(unexplained) === 0) return explained;
  return `${explained} ${words.unexplained(format(unexplained, { ...last, kind: 'change' }))}`;
}

/** The extremes of all cells. */
export function summarizeHeat(
  columns: readonly string[],
  rows: readonly HeatRow[],
  format: FormatValue,
): string {
  const words = uiTexts().summary;
  const cells = rows.flatMap(({ label, values }) =>
    values.map((value, index) => ({ value, place: words.place(label, columns[index] ?? '') })),
  );
  const there = known(cells.map(({ value }) => value));
  if (there.length === 0) return words.nothingKnown;
  const at = ({ value, index }: Known) => words.at(format(value), cells[index]?.place ?? '');
  return words.extremes(at(extreme(there, -1)), at(extreme(there, 1)));
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
  const words = uiTexts().summary;
  if (first === undefined) return words.nothingKnown;
  const worst = others.reduce((far, each) => (each.distance > far.distance ? each : far), first);
  const farthest = words.farthest(format(worst.predicted), format(worst.share));
  return `${words.groups(observed.length, groups.length)} ${farthest}`;
}
