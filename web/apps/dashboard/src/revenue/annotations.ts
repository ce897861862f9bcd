/** What happened to the workspace, as marks on charts of revenue. */

import type { Annotation } from '@keepwell/api';
import { formatDay, type ChartAnnotation } from '@keepwell/ui';

import { texts } from '../texts';

const words = texts.revenue.annotations;

/** A point of a chart and the last day that it covers. */
export interface DatedPoint {
  readonly id: string;
  readonly end: string;
}

/** What is named first where several things happened at one point. */
const ORDER: readonly Annotation['kind'][] = [
  'first_day',
  'policy',
  'import_undone',
  'stripe_connected',
  'price',
  'exchange_rates',
  'import',
];

/** One mark for each point at which something happened: a short label, and everything in words. */
export function marksAt(
  points: readonly DatedPoint[],
  happened: readonly Annotation[],
): readonly ChartAnnotation[] {
  let start = '';
  return points.flatMap(({ id, end }) => {
    const found = happened.filter(({ on }) => on > start && on <= end);
    start = end;
    const [first, ...more] = found.sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
    if (first === undefined) return [];
    const label =
      more.length === 0 ? words.short[first.kind] : words.andMore(words.short[first.kind], more.length);
    return [{ pointId: id, label, detail: [first, ...more].map(sentenceOf).join('; ') }];
  });
}

function sentenceOf({ on, kind, names, count }: Annotation): string {
  const shown = kind === 'policy' ? names.map(policyTitle) : names;
  return words.on(formatDay(on), words.what[kind](shown.join(', '), count));
}

function policyTitle(name: string): string {
  const { policies } = texts.figures;
  return name in policies ? policies[name as keyof typeof policies].title : name;
}
