/** Series for tests. */

import type { SeriesPoint, SeriesReport } from '@keepwell/api';

/** A series of these points; what they do not say is unknown, or zero. */
export function series(...points: Partial<SeriesPoint>[]): SeriesReport {
  const empty: SeriesPoint = {
    ...{
      start: '',
      end: '',
      since: null,
      mrr: '0.00',
      accounts: 0,
      arpa: null,
      quick_ratio: null,
      net: null,
    },
    ...{ gross: null, account_rate: null, account_rate_monthly: null, revenue_rate: null },
    ...{ revenue_rate_monthly: null, lifetime_value: null },
  };
  return {
    ...{ from: '', to: '', by: 'month', over: 12, currency: 'USD', policy: 'default', rows: '' },
    points: points.map((point) => ({ ...empty, ...point })),
  };
}
