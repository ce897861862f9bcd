import type { AccountDetail, AccountRisk } from '@keepwell/api';
import { Card, EmptyState, formatMoment } from '@keepwell/ui';

import { ChurnKindBadge, Reasons } from '../shell/RiskParts';

/** Why the account is at risk, or why it has no score. */
export function RiskPanel({ account: { risk, status } }: { readonly account: AccountDetail }) {
  if (risk !== null) return <RiskReasons risk={risk} />;
  return (
    <Card title="Risk of leaving">
      <Unscored status={status} />
    </Card>
  );
}

const UNRANKED: Partial<Record<AccountRisk['signal'], string>> = {
  not_found: 'The probability is the overall rate: the data were tested, and no churn signal was found.',
  not_tested: 'The probability is the overall rate: there is too little data to test for a churn signal.',
};

function RiskReasons({ risk }: { readonly risk: AccountRisk }) {
  return (
    <Card
      title="Why it is at risk"
      note={`Scored ${formatMoment(risk.scored_at)}`}
      actions={<ChurnKindBadge kind={risk.kind} />}
    >
      {UNRANKED[risk.signal] === undefined ? null : <p className="muted">{UNRANKED[risk.signal]}</p>}
      <div className="risk-reasons">
        <Reasons reasons={risk.reasons} />
      </div>
    </Card>
  );
}

function Unscored({ status }: { readonly status: AccountDetail['status'] }) {
  switch (status) {
    case 'active':
      return (
        <EmptyState title="Not scored yet" command="./keepwell churn train">
          Training ranks every account that pays.
        </EmptyState>
      );
    case 'trial':
      return <p className="muted">Trials are not scored: only an account that pays can be lost.</p>;
    case 'prospect':
      return <p className="muted">This account has never paid: there is no revenue to lose.</p>;
    case 'churned':
      return <p className="muted">This account has left. Its movements show when.</p>;
  }
}
