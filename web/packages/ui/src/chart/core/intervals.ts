/** Estimates with their intervals on one axis. */

import { fitDomain, fromLeft, type Domain } from './domain';
import { toNumber, type ChartValue } from './model';

export interface Interval {
  readonly id: string;
  readonly label: string;
  readonly value: ChartValue;
  readonly low: ChartValue;
  readonly high: ChartValue;
  /** The value and its interval in words. */
  readonly text: string;
}

export interface IntervalMark {
  readonly interval: Interval;
  /** Null if the value or an end of its interval is unknown. */
  readonly place: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** True if the interval contains the value of no effect, or is unknown. */
  readonly isUnsure: boolean;
}

export interface Intervals {
  readonly domain: Domain;
  readonly marks: readonly IntervalMark[];
  /** Where no effect lies, in percent from the left. */
  readonly noEffect: number;
}

/** Lays out intervals in percent of the width; the axis includes the value of no effect. */
export function layIntervals(intervals: readonly Interval[], noEffect: number): Intervals {
  const numbers = intervals.map(({ value, low, high }) => [value, low, high].map(toNumber));
  const domain = fitDomain([...numbers.flat(), noEffect]);
  const marks = intervals.map((interval, index) => {
    const [value = null, low = null, high = null] = numbers[index] ?? [];
    if (value === null || low === null || high === null) return { interval, place: null, isUnsure: true };
    const place = {
      value: fromLeft(value, domain),
      low: fromLeft(low, domain),
      high: fromLeft(high, domain),
    };
    return { interval, place, isUnsure: low <= noEffect && noEffect <= high };
  });
  return { domain, marks, noEffect: fromLeft(noEffect, domain) };
}
