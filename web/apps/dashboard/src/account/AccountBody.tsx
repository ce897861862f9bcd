import type { AccountDetail } from '@keepwell/api';

import { ActivityPanel } from './ActivityPanel';
import { MovementsCard } from './MovementsCard';
import { RecentEvents } from './RecentEvents';
import { RiskFigures } from './RiskFigures';
import { RiskPanel } from './RiskPanel';
import { SubscriptionsCard } from './SubscriptionsCard';

export function AccountBody({ account }: { readonly account: AccountDetail }) {
  return (
    <>
      <RiskFigures account={account} />
      <div className="columns">
        <ActivityPanel activity={account.activity} />
        <RiskPanel account={account} />
      </div>
      <SubscriptionsCard account={account} />
      <div className="columns">
        <MovementsCard account={account} />
        <RecentEvents events={account.activity.recent} />
      </div>
    </>
  );
}
