/** The vertical axis: a domain that fits the data, its ticks, and positions in percent. */

import { scaleLinear } from 'd3-scale';

import type { FormatTick } from './model';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Domain {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

export interface DomainOptions {
  /** Bars start at zero; lines do not have to. */
  readonly zero?: boolean;
  /** Counts have no ticks between whole numbers. */
  readonly whole?: boolean;
}

const STEPS = 4;

/** A domain that contains every value and little more: less than a step between two ticks is empty at each end. */
export function fitDomain(values: readonly (number | null)[], options: DomainOptions = {}): Domain {
  const { zero = false, whole = false } = options;
  const [low, high] = extent(values, zero);
  const most = whole ? Math.ceil(high - low) : Infinity;
  const scale = scaleLinear()
    .domain([low, high])
    .nice(Math.min(2 * STEPS, most));
  const [start = low, end = high] = scale.domain();
  return { low: start, high: end, ticks: scale.ticks(Math.min(STEPS, most)) };
}

/** Below this, the powers of ten that ticks are made of overflow. */
const SMALLEST = 1e-300;
/** Values that differ by a smaller part of their size have no ticks that floats can tell apart. */
const SMALLEST_SPAN = 1e-9;

function extent(values: readonly (number | null)[], zero: boolean): [number, number] {
  let low = zero ? 0 : Infinity;
  let high = zero ? 0 : -Infinity;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < SMALLEST) return [0, 1];
  return high - low > size * SMALLEST_SPAN ? [low, high] : aroundOne(low, size);
}

/** Equal values lie in the middle of a tenth of their size above and below. */
function aroundOne(value: number, size: number): [number, number] {
  return [value - size / 10, value + size / 10];
}

/** Where a value lies, in percent from the top. */
export function fromTop(value: number, domain: Domain): number {
  return rounded(100 - fraction(value, domain) * 100);
}

/** Where a value lies, in percent from the left. */
export function fromLeft(value: number, domain: Domain): number {
  return rounded(fraction(value, domain) * 100);
}

function fraction(value: number, { low, high }: Domain): number {
  return (value - low) / (high - low);
}

/** Two decimal places of a percent are a fraction of a pixel. */
export function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}

const MOST_PLACES = 6;

/** Labels with as few decimal places as tell all ticks apart. */
export function tickLabels(ticks: readonly number[], format: FormatTick): Tick[] {
  for (let places = 1; ; places += 1) {
    const labels = ticks.map((tick) => format(tick, places));
    if (places >= MOST_PLACES || new Set(labels).size === labels.length) {
      return ticks.map((value, index) => ({ value, label: labels[index] ?? '' }));
    }
  }
}
