import type { AccountDetail } from '@keepwell/api';
import { formatProbability, MoneyFigure, Stat, StatRow } from '@keepwell/ui';

/** What the account pays, how likely it is to leave, and what that would cost. */
export function RiskFigures({ account }: { readonly account: AccountDetail }) {
  const { risk, mrr, currency } = account;
  return (
    <StatRow>
      <Stat label="Monthly recurring revenue" figure={<MoneyFigure amount={mrr} currency={currency} />} />
      {risk === null ? null : (
        <>
          <Stat label="Probability of leaving" figure={formatProbability(risk.probability)} />
          <Stat
            label="Revenue at risk"
            figure={<MoneyFigure amount={risk.revenue_at_risk} currency={currency} />}
          />
          <Stat label="Rank on the save list" figure={risk.rank === null ? 'Left alone' : `#${risk.rank}`} />
        </>
      )}
    </StatRow>
  );
}
