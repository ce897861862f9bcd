/** Lines and areas as SVG paths in a square of 100 by 100, which is stretched to the chart. */

import { area, line } from 'd3-shape';

import { fromTop, rounded, type Domain } from './domain';
import { positionOf } from './positions';

type Values = readonly (number | null)[];

/** The path through the known values. Each unknown one is a gap. */
export function linePath(values: Values, domain: Domain): string {
  const draw = line<number | null>((_, index) => positionOf(index, values.length, 'edges'), topOf(domain))
    .defined((value) => value !== null)
    .digits(2);
  return draw(values) ?? '';
}

/** The area between the known values and zero, which the domain contains. */
export function areaPath(values: Values, domain: Domain): string {
  const left = (_: number | null, index: number) => positionOf(index, values.length, 'edges');
  const draw = area<number | null>(left, fromTop(0, domain), topOf(domain))
    .defined((value) => value !== null)
    .digits(2);
  return draw(values) ?? '';
}

/** Undefined values are never asked for their position. */
function topOf(domain: Domain) {
  return (value: number | null) => fromTop(value ?? domain.low, domain);
}

export interface LineEnd {
  readonly left: number;
  readonly top: number;
  readonly index: number;
}

/** The last known point, which gets the label; null if none is known. */
export function lineEnd(values: Values, domain: Domain): LineEnd | null {
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index];
  if (value === undefined || value === null) return null;
  return { index, left: positionOf(index, values.length, 'edges'), top: fromTop(value, domain) };
}

/** Dots where a line would not be seen, at values between gaps, and at the end, which has a label. */
export function dotsPath(values: Values, domain: Domain): string {
  const last = values.findLastIndex((value) => value !== null);
  const isAlone = (index: number) =>
    (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
  return values
    .map((value, index) => {
      if (value === null || !(index === last || isAlone(index))) return '';
      return `M${rounded(positionOf(index, values.length, 'edges'))} ${fromTop(value, domain)}h0`;
    })
    .join('');
}
