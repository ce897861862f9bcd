/** The curves of a report at even steps, which is where the chart kit has its points. */

import type { DecileCapture, Decimal, Population, PrecisionRecallPoint, RocPoint } from '@keepwell/api';
import { formatRatio, type ChartData } from '@keepwell/ui';

import type { JudgedWords } from './judged';

const PLACES = 4;
const STEPS = Array.from({ length: 21 }, (_, step) => step / 20);

/** A share or a score of a report as the chart kit takes it. */
export function decimalOf(value: number): Decimal {
  return value.toFixed(PLACES) as Decimal;
}

export function percent(value: Decimal): string {
  return formatRatio(value, 0);
}

/** The share of those who left that is found when this share of those who stayed is disturbed; the points are in their order. */
export function foundAt(roc: readonly RocPoint[], disturbed: number): number {
  const at = roc.findLastIndex((point) => point.false_positive_rate <= disturbed);
  const [before, after] = [roc[at], roc[at + 1]];
  if (before === undefined) return 0;
  if (after === undefined) return before.true_positive_rate;
  const part =
    (disturbed - before.false_positive_rate) / (after.false_positive_rate - before.false_positive_rate);
  return before.true_positive_rate + part * (after.true_positive_rate - before.true_positive_rate);
}

/** The share of those who stayed that is disturbed until this share of those who left is found. */
export function disturbedAt(roc: readonly RocPoint[], found: number): number | null {
  return roc.find((point) => point.true_positive_rate >= found)?.false_positive_rate ?? null;
}

/** The share of the names that left, once at least this share of those who left is found: curves of precision have no straight lines. */
export function precisionAt(points: readonly PrecisionRecallPoint[], found: number): number | null {
  return points.find((point) => point.recall >= found)?.precision ?? null;
}

export function rocChart(roc: readonly RocPoint[], words: JudgedWords['roc']): ChartData {
  return {
    points: pointsAt(STEPS, words.point),
    series: [
      { ...OWN, label: words.found, values: STEPS.map((step) => decimalOf(foundAt(roc, step))) },
      { ...CHANCE, label: words.coin, values: STEPS.map(decimalOf) },
    ],
    format: percent,
  };
}

/** Of nobody found there is no precision. */
export function precisionChart(
  points: readonly PrecisionRecallPoint[],
  base: number,
  words: JudgedWords['precision'],
): ChartData {
  const steps = STEPS.slice(1);
  const valueAt = (step: number) => {
    const value = precisionAt(points, step);
    return value === null ? null : decimalOf(value);
  };
  return {
    points: pointsAt(steps, words.point),
    series: [
      { ...OWN, label: words.right, values: steps.map(valueAt) },
      { ...CHANCE, label: words.random, values: steps.map(() => decimalOf(base)) },
    ],
    format: percent,
  };
}

/** If no MRR was lost, there is no share of it. */
export function captureChart(tenths: readonly DecileCapture[], words: JudgedWords['capture']): ChartData {
  const steps = [0, ...tenths.map(({ decile }) => decile / 10)];
  const departures = tenths.map(({ of_departures: share }) => decimalOf(share));
  const mrr = tenths.map(({ of_lost_mrr: share }) => (share === null ? null : decimalOf(share)));
  const nothing = decimalOf(0);
  const ofMrr = {
    id: 'mrr',
    color: 'var(--series-other)',
    label: words.mrr,
    values: [nothing, ...mrr],
  };
  return {
    points: pointsAt(steps, words.point),
    series: [
      { ...OWN, label: words.departures, values: [nothing, ...departures] },
      ...(mrr.includes(null) ? [] : [ofMrr]),
      { ...CHANCE, label: words.random, values: steps.map(decimalOf) },
    ],
    format: percent,
  };
}

/** The share of the points in time at which an account left. */
export function baseOf({ departed, snapshots }: Pick<Population, 'departed' | 'snapshots'>): number {
  return snapshots === 0 ? 0 : departed / snapshots;
}

const OWN = { id: 'model', color: 'var(--accent)' };
const CHANCE = { id: 'chance', color: 'var(--series-earlier)', earlier: true };

function pointsAt(steps: readonly number[], labelOf: (share: string) => string) {
  return steps.map((step) => {
    const share = percent(decimalOf(step));
    return { id: share, label: labelOf(share), tick: share };
  });
}
