import type { Days } from '../figures/use-period';
import type { PolicyName } from '../queries/revenue/metrics';
import { comparedWith, viewTo } from './periods';
import type { CohortMeasure, Over, RevenueSearch } from './search';
import type { Against, Step } from './steps';

export interface View {
  readonly by: Step;
  readonly days: Days;
  readonly against: Days | null;
  readonly againstWhat: Against;
  /** By default the workspace's. */
  readonly policy: PolicyName | undefined;
  readonly today: string;
  /** A day in the address that has not come yet; the view ends today instead. */
  readonly notYet: string | null;
  readonly measure: CohortMeasure;
  readonly over: Over;
}

/** What an address shows on a day. */
export function viewOf(search: RevenueSearch, today: string): View {
  const { by = 'month', on = today, against = 'year', policy, show = 'customers', over = '12' } = search;
  const days = viewTo(by, on < today ? on : today);
  return {
    ...{ by, days, policy, today, over, againstWhat: against, measure: show },
    against: comparedWith(by, days, against),
    notYet: on > today ? on : null,
  };
}
