import { figureSearch, type FigureSearch } from '../figures/ref';
import type { PolicyName } from '../queries/revenue/metrics';
import { readChoice, readDay, type SearchSpec } from '../shell/search';
import { STEPS, type Against, type Step } from './steps';

export const POLICIES = ['default', 'stripe', 'chartmogul'] as const satisfies PolicyName[];
export const AGAINSTS = ['year', 'previous', 'off'] as const satisfies Against[];
export const COHORT_MEASURES = ['customers', 'revenue', 'survival'] as const;
export type CohortMeasure = (typeof COHORT_MEASURES)[number];
/** Over how many months ratios look back. */
export const OVERS = ['1', '3', '12'] as const;
export type Over = (typeof OVERS)[number];

/** What all pages of revenue read from their address; what is missing has its default. */
export interface RevenueSearch extends FigureSearch {
  readonly by?: Step | undefined;
  /** The last day that counts; today by default. */
  readonly on?: string | undefined;
  readonly against?: Against | undefined;
  readonly policy?: PolicyName | undefined;
  readonly show?: CohortMeasure | undefined;
  readonly over?: Over | undefined;
}

export const revenueSearch: SearchSpec<RevenueSearch> = {
  ...figureSearch,
  by: readChoice(STEPS),
  on: readDay,
  against: readChoice(AGAINSTS),
  policy: readChoice(POLICIES),
  show: readChoice(COHORT_MEASURES),
  over: readChoice(OVERS),
};
