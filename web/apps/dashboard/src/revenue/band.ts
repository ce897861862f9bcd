/** The key figures of a view, from the series of its steps and of those that it is compared with. */

import type { Decimal, SeriesPoint, SeriesReport } from '@keepwell/api';
import { countValue } from '@keepwell/ui';

import type { FigureId } from '../figures/ref';

export const BAND = [
  'mrr',
  'nrr',
  'grr',
  'account-churn',
  'arpa',
  'ltv',
  'quick-ratio',
  'paying-accounts',
] as const satisfies FigureId[];

export const RETENTION_BAND = ['nrr', 'grr', 'account-churn', 'revenue-churn'] as const satisfies FigureId[];

export type BandFigure = (typeof BAND)[number] | (typeof RETENTION_BAND)[number];

const READ: Readonly<Record<BandFigure, (point: SeriesPoint) => Decimal | null>> = {
  mrr: ({ mrr }) => mrr,
  nrr: ({ net }) => net,
  grr: ({ gross }) => gross,
  'account-churn': (point) => point.account_rate_monthly,
  'revenue-churn': (point) => point.revenue_rate_monthly,
  arpa: ({ arpa }) => arpa,
  ltv: (point) => point.lifetime_value,
  'quick-ratio': (point) => point.quick_ratio,
  'paying-accounts': ({ accounts }) => countValue(accounts),
};

/** Those that days and weeks have too; everything else needs months. */
const LEVELS: readonly BandFigure[] = ['mrr', 'arpa', 'paying-accounts'];

/** The series of a view: by its steps, and by months, which are the same unless the steps are days or weeks. */
export interface ViewSeries {
  readonly bySteps: SeriesReport;
  readonly byMonths: SeriesReport;
}

export interface FigureCourse {
  readonly id: BandFigure;
  readonly value: Decimal | null;
  /** At the end of the days that the view is compared with. */
  readonly earlier: Decimal | null;
  readonly course: readonly (Decimal | null)[];
}

export function courseOf(id: BandFigure, now: ViewSeries, before: ViewSeries | null): FigureCourse {
  const course = valuesOf(id, now);
  const earlier = before === null ? [] : valuesOf(id, before);
  return { id, course, value: course.at(-1) ?? null, earlier: earlier.at(-1) ?? null };
}

export function valuesOf(id: BandFigure, series: ViewSeries): (Decimal | null)[] {
  return pointsOf(id, series).map(READ[id]);
}

/** The last day of each value's step. */
export function endsOf(id: BandFigure, series: ViewSeries): string[] {
  return pointsOf(id, series).map(({ end }) => end);
}

function pointsOf(id: BandFigure, { bySteps, byMonths }: ViewSeries): readonly SeriesPoint[] {
  return (LEVELS.includes(id) ? bySteps : byMonths).points;
}

/** As many values as there are points, from the end: the earlier steps under those they are compared with. */
export function alignedTo<Value>(count: number, values: readonly Value[]): (Value | null)[] {
  const last = values.slice(-count);
  return [...Array<null>(count - last.length).fill(null), ...last];
}
