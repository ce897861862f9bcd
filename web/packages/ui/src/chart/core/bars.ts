/** Bars that are stacked separately above and below zero. */

import { fitDomain, fromTop, rounded, type Domain } from './domain';
import { toNumber, type ChartSeries } from './model';

export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

export interface Bars {
  readonly domain: Domain;
  /** For each series, the bars of its values that are known and not zero. */
  readonly bars: readonly (readonly Bar[])[];
  /** The bands of the points of which a value is unknown. */
  readonly unknown: readonly Bar[];
}

/** Lays out bars in percent of the chart. */
export function stackBars(series: readonly ChartSeries[], whole: boolean): Bars {
  const count = Math.max(0, ...series.map(({ values }) => values.length));
  const above = new Array<number>(count).fill(0);
  const below = new Array<number>(count).fill(0);
  const stacked = series.map(({ values }) =>
    values.flatMap((exact, index) => {
      const value = toNumber(exact) ?? 0;
      if (value === 0) return [];
      const side = value > 0 ? above : below;
      const from = side[index] ?? 0;
      side[index] = from + value;
      return [{ index, from, to: from + value }];
    }),
  );
  const domain = fitDomain([...above, ...below], { zero: true, whole });
  const bars = stacked.map((pieces) =>
    pieces.map(({ index, from, to }) => ({ ...bandOf(index, count), ...between(from, to, domain) })),
  );
  const unknown = Array.from({ length: count }, (_, index) => index)
    .filter((index) => series.some(({ values }) => toNumber(values[index]) === null))
    .map((index) => ({ ...bandOf(index, count), top: 0, height: 100 }));
  return { domain, bars, unknown };
}

/** The share of a band that its bar fills. */
const FILLED = 0.72;
const WIDEST = 12;
/** Thinner bars touch, because gaps would be thinner than a pixel. */
export const MOST_WITH_GAPS = 120;

/** The left edge and the width of the bar of a point. */
export function bandOf(index: number, count: number): { readonly left: number; readonly width: number } {
  const band = 100 / count;
  if (count > MOST_WITH_GAPS) return { left: band * index, width: band };
  const width = Math.min(WIDEST, band * FILLED);
  return { left: rounded(band * (index + 0.5) - width / 2), width: rounded(width) };
}

/** The top edge and the height of a bar between two values. */
export function between(from: number, to: number, domain: Domain) {
  const top = fromTop(Math.max(from, to), domain);
  return { top, height: rounded(fromTop(Math.min(from, to), domain) - top) };
}

/** All bars of a series as one path, so that thousands of them are one element. */
export function barsPath(bars: readonly Bar[]): string {
  return bars
    .map(
      ({ left, top, width, height }) =>
        `M${fine(left)} ${top}H${fine(left + width)}v${height}H${fine(left)}z`,
    )
    .join('');
}

/** Fine enough that neighbours among thousands of bars share an edge. */
function fine(percent: number): number {
  return Math.round(percent * 10_000) / 10_000;
}
