/** What a chart shows, independent of how it is drawn. Values stay exact decimals until they become geometry. */

import { toPlotCoordinate, type Decimal } from '@keepwell/api';

import { uiTexts } from '../../texts';

/** One position on the horizontal axis. Positions have the same distance, so periods of equal length belong here. */
export interface ChartPoint {
  readonly id: string;
  readonly label: string;
  /** A short label for the axis. */
  readonly tick: string;
}

/** An exact value; null is unknown, which is drawn as a gap and never as zero. */
export type ChartValue = Decimal | null;

export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  /** A colour token, such as `var(--series-new)`. */
  readonly color: string;
  /** One value for each point. */
  readonly values: readonly ChartValue[];
  /** What its values are of, if not of the points that they are drawn at: an earlier period names its own. */
  readonly pointLabels?: readonly (string | null)[];
  /** The exact sum of its values, if these are rounded. */
  readonly total?: Decimal | undefined;
  /** An earlier period, drawn dotted and muted for comparison. */
  readonly earlier?: boolean;
}

/** The colour token of a series. */
export function colorOf({ earlier, color }: ChartSeries): string {
  return earlier === true ? 'var(--series-earlier)' : color;
}

/** Series over the same points, and how their values are written. */
export interface ChartData {
  readonly points: readonly ChartPoint[];
  readonly series: readonly ChartSeries[];
  readonly format: FormatValue;
}

/** Something that happened at a point, such as a change of prices. */
export interface ChartAnnotation {
  readonly pointId: string;
  readonly label: string;
  /** What the point itself and the table say of it; by default the label. */
  readonly detail?: string;
}

/** What the annotations say of a point. */
export function detailsAt(pointId: string | undefined, annotations: readonly ChartAnnotation[]): string[] {
  return annotations.filter((each) => each.pointId === pointId).map(({ label, detail = label }) => detail);
}

/** Writes an exact value. */
export type FormatValue = (value: Decimal) => string;

/** Writes a value of the axis with at most this many decimal places. */
export type FormatTick = (value: number, places: number) => string;

/** The value as text, or the word for an unknown one. */
export function valueText(value: ChartValue | undefined, format: FormatValue): string {
  return value === null || value === undefined ? uiTexts().unknown : format(value);
}

/** Beyond this, sums of floats could overflow. No business gets there; a wrong import might. */
const LARGEST = 1e300;

/** The value as geometry: finite, or null if it is unknown. */
export function toNumber(value: ChartValue | undefined): number | null {
  if (value === null || value === undefined) return null;
  const number = toPlotCoordinate(value);
  return Number.isNaN(number) ? null : Math.min(LARGEST, Math.max(-LARGEST, number));
}

/** A count as an exact value. */
export function countValue(count: number): Decimal {
  return `${BigInt(count)}` as Decimal;
}

/** True if no value is known and different from zero; then a message is better than an empty chart. */
export function isFlat(series: readonly ChartSeries[]): boolean {
  return series.every(({ values }) => values.every((value) => (toNumber(value) ?? 0) === 0));
}
