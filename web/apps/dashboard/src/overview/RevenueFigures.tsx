import type { MrrReport } from '@keepwell/api';
import {
  addDays,
  Card,
  Change,
  describeChange,
  ErrorState,
  formatCount,
  formatCountChange,
  MoneyFigure,
  Stat,
  StatRow,
} from '@keepwell/ui';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { mrrQuery } from '../queries/metrics';
import { ExchangeRateShare } from './ExchangeRateShare';
import { NetMovementStat } from './NetMovementStat';
import { RevenueAtRiskStat } from './RevenueAtRiskStat';
import { UnratedNote } from './UnratedNote';

const COMPARED_DAYS = 30;
const SINCE = `in ${COMPARED_DAYS} days`;
const LABELS = ['Monthly recurring revenue', 'Paying accounts', 'Change over 12 months', 'Revenue at risk'];

export function RevenueFigures({ mrr }: { readonly mrr: UseQueryResult<MrrReport> }) {
  if (mrr.data !== undefined) return <Figures now={mrr.data} />;
  if (mrr.isPending) return <FiguresLoading />;
  return (
    <Card title="Revenue">
      <ErrorState problem={mrr.error.problem} onRetry={() => void mrr.refetch()} />
    </Card>
  );
}

/** The same cards without their figures, so that nothing below moves when these arrive. */
function FiguresLoading() {
  return (
    <div className="overview-figures" role="status">
      <span className="visually-hidden">Loading revenue</span>
      <StatRow>
        {LABELS.map((label) => (
          <Stat key={label} label={label} figure="–">
            {null}
          </Stat>
        ))}
      </StatRow>
    </div>
  );
}

function Figures({ now }: { readonly now: MrrReport }) {
  const earlier = useQuery(mrrQuery(addDays(now.on, -COMPARED_DAYS))).data;
  return (
    <div className="overview-figures">
      <StatRow>
        <Stat
          label="Monthly recurring revenue"
          figure={
            <span data-testid="mrr" data-value={now.mrr}>
              <MoneyFigure amount={now.mrr} currency={now.currency} />
            </span>
          }
        >
          {earlier === undefined ? null : <RevenueChange earlier={earlier} now={now} />}
          <ExchangeRateShare from={addDays(now.on, 1 - COMPARED_DAYS)} to={now.on} />
          <Policy name={now.policy} />
        </Stat>
        <Stat label="Paying accounts" figure={<data value={now.accounts}>{formatCount(now.accounts)}</data>}>
          {earlier === undefined ? null : <AccountsChange earlier={earlier} now={now} />}
          <Policy name={now.policy} />
        </Stat>
        <NetMovementStat on={now.on} />
        <RevenueAtRiskStat />
      </StatRow>
      <UnratedNote unrated={now.unrated} />
    </div>
  );
}

interface Comparison {
  readonly earlier: MrrReport;
  readonly now: MrrReport;
}

function RevenueChange({ earlier, now }: Comparison) {
  const { direction, amount, percent } = describeChange(earlier.mrr, now.mrr, now.currency);
  return (
    <span>
      <Change direction={direction}>{percent === null ? amount : `${amount} (${percent})`}</Change> {SINCE}
    </span>
  );
}

function AccountsChange({ earlier, now }: Comparison) {
  const difference = now.accounts - earlier.accounts;
  return (
    <span>
      <Change direction={difference === 0 ? 0 : difference > 0 ? 1 : -1}>
        {formatCountChange(difference)}
      </Change>{' '}
      {SINCE}
    </span>
  );
}

function Policy({ name }: { readonly name: string }) {
  return <span>Policy: {name}</span>;
}
