/** The shades of a heat table: one hue, light enough that text stays readable. */

import { toNumber, type ChartValue } from './model';
import type { TickRoom } from './positions';

const LIGHTEST = 6;
/** The accent's share of the deepest shade. A test holds the contrast of text on it. */
export const DEEPEST = 46;

export interface HeatRow {
  readonly id: string;
  readonly label: string;
  /** One value for each column; what has not happened yet is unknown. */
  readonly values: readonly ChartValue[];
  /** The size of the row's group, as text. */
  readonly size?: string;
}

export type Shade = (value: ChartValue | undefined) => number | null;

/** How much accent a value gets, in percent: fitted to the values given, null for an unknown one. */
export function shadeBy(values: readonly ChartValue[]): Shade {
  const known = values.map(toNumber).filter((value) => value !== null);
  const low = known.reduce((one, other) => Math.min(one, other), Infinity);
  const high = known.reduce((one, other) => Math.max(one, other), -Infinity);
  return (value) => {
    const number = toNumber(value);
    if (number === null) return null;
    const share = high > low ? (number - low) / (high - low) : 1;
    return Math.round((LIGHTEST + (DEEPEST - LIGHTEST) * share) * 100) / 100;
  };
}

/** The most gaps between columns in a chart of medium width; a narrow one has half of them. */
const MOST_GAPS = 7;

/** How much room a column needs; the first and the last are always shown. */
export function columnRoom(column: number, count: number): TickRoom {
  const gaps = Math.max(1, count - 1);
  const stride = Math.ceil(gaps / MOST_GAPS);
  if (column === count - 1 || column % (2 * stride) === 0) return 'narrow';
  return column % stride === 0 ? 'medium' : 'wide';
}
