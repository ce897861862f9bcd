/** How well predicted probabilities match what was observed, in groups of similar predictions. */

import { fitDomain, fromLeft, fromTop, type Domain } from './domain';

export interface ReliabilityGroup {
  readonly id: string;
  /** The mean predicted probability. */
  readonly predicted: number;
  /** The observed share; null if the group is empty. */
  readonly observed: number | null;
  /** The interval of the observed share, if it is known. */
  readonly low?: number | null;
  readonly high?: number | null;
  readonly count: number;
}

export interface ReliabilityMark {
  readonly group: ReliabilityGroup;
  readonly left: number;
  /** Null if nothing was observed. */
  readonly top: number | null;
  readonly interval: { readonly top: number; readonly bottom: number } | null;
  /** The diameter in pixels: its area is in proportion to the count. */
  readonly size: number;
}

export interface Reliability {
  readonly domain: Domain;
  readonly marks: readonly ReliabilityMark[];
}

const SMALLEST = 5;
const LARGEST = 14;

/** Marks in percent of a chart whose two axes have the same domain, in the order of the predictions. */
export function layReliability(groups: readonly ReliabilityGroup[]): Reliability {
  const ordered = groups.toSorted((one, other) => one.predicted - other.predicted);
  const values = ordered.flatMap(({ predicted, observed, high = null }) => [predicted, observed, high]);
  const domain = fitDomain(values, { zero: true });
  const most = Math.max(1, ...ordered.map(({ count }) => count));
  return { domain, marks: ordered.map((group) => markOf(group, domain, most)) };
}

function markOf(group: ReliabilityGroup, domain: Domain, most: number): ReliabilityMark {
  const { predicted, observed, low = null, high = null, count } = group;
  return {
    group,
    left: fromLeft(predicted, domain),
    top: observed === null ? null : fromTop(observed, domain),
    interval:
      low === null || high === null ? null : { top: fromTop(high, domain), bottom: fromTop(low, domain) },
    size: SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(count / most),
  };
}
