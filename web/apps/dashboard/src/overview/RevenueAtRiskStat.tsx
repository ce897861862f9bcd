import { sum } from '@keepwell/api';
import { MoneyFigure, Stat } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { saveListQuery } from '../queries/save-list';

/** The revenue that the first page of the save list is expected to lose within the model's horizon. */
export function RevenueAtRiskStat() {
  const list = useInfiniteQuery(saveListQuery()).data?.pages[0];
  if (list?.model == null || list.items.length === 0) {
    return (
      <Stat label="Revenue at risk" figure="–">
        {list === undefined ? null : <span>Not scored yet</span>}
      </Stat>
    );
  }
  const total = sum(list.items.map((item) => item.revenue_at_risk));
  return (
    <Stat
      label={`Revenue at risk, top ${list.items.length}`}
      figure={<MoneyFigure amount={total} currency={list.currency} />}
    >
      <span>{list.model.signal === 'found' ? 'Probability × MRR' : 'Overall rate × MRR'}</span>
      <span>Next {list.model.horizon_days} days</span>
    </Stat>
  );
}
