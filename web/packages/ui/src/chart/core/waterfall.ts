/** A waterfall: levels at the beginning and the end, and the changes between them. */

import { subtract, sum, type Decimal } from '@keepwell/api';

import { bandOf, between } from './bars';
import { fitDomain, fromTop, type Domain } from './domain';
import { toNumber, type ChartValue } from './model';
import type { WaterfallStep } from './step';

export interface WaterfallMark {
  readonly step: WaterfallStep;
  readonly left: number;
  readonly width: number;
  /** Null if the amount is unknown, or follows an unknown one. */
  readonly box: { readonly top: number; readonly height: number } | null;
  /** Where the next step begins, from the top. */
  readonly end: number | null;
}

export interface Waterfall {
  readonly domain: Domain;
  readonly marks: readonly WaterfallMark[];
  /** What the changes leave unexplained up to the last level; "0" if it adds up, null if an amount is unknown. */
  readonly unexplained: Decimal | null;
}

interface Reach {
  readonly from: Decimal | null;
  readonly to: Decimal | null;
}

/** Marks in percent of the chart. Sums are exact; only positions are floats. */
export function layWaterfall(steps: readonly WaterfallStep[]): Waterfall {
  const reaches = reachesOf(steps);
  const numbers = reaches.map(({ from, to }) => ({ from: toNumber(from), to: toNumber(to) }));
  const domain = fitDomain(numbers.flatMap(({ from, to }) => [from, to]));
  const marks = steps.map((step, index) => {
    const { from = null, to = null } = numbers[index] ?? {};
    const box = from === null || to === null ? null : between(from, to, domain);
    const end = to === null ? null : fromTop(to, domain);
    return { step, ...bandOf(index, steps.length), box, end };
  });
  return { domain, marks, unexplained: unexplainedBy(steps, reaches) };
}

function reachesOf(steps: readonly WaterfallStep[]): Reach[] {
  const reaches: Reach[] = [];
  for (const { kind, amount } of steps) {
    const from = kind === 'level' ? amount : (reaches.at(-1)?.to ?? null);
    reaches.push({ from, to: kind === 'level' ? amount : added(from, amount) });
  }
  return reaches;
}

function added(from: Decimal | null, amount: ChartValue): Decimal | null {
  return from === null || amount === null ? null : sum([from, amount]);
}

function unexplainedBy(steps: readonly WaterfallStep[], reaches: readonly Reach[]): Decimal | null {
  const last = steps.findLastIndex(({ kind }) => kind === 'level');
  const level = steps[last]?.amount ?? null;
  const reached = reaches[last - 1]?.to ?? null;
  return level === null || reached === null ? null : subtract(level, reached);
}
