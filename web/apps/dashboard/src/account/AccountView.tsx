import type { AccountDetail } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { AccountStatusBadge } from '../shell/AccountStatusBadge';
import { Page } from '../shell/Page';
import { ActivityPanel } from './ActivityPanel';
import { MovementsCard } from './MovementsCard';
import { RecentEvents } from './RecentEvents';
import { RiskFigures } from './RiskFigures';
import { RiskPanel } from './RiskPanel';
import { SubscriptionsCard } from './SubscriptionsCard';

export function AccountView({ account }: { readonly account: AccountDetail }) {
  const heading = (
    <span className="account-heading">
      {account.name}
      <AccountStatusBadge status={account.status} />
    </span>
  );
  return (
    <>
      <nav className="breadcrumb" aria-label="Breadcrumb">
        <Link to="/accounts">Accounts</Link>
        <span aria-hidden="true">/</span>
        <span aria-current="page">{account.name}</span>
      </nav>
      <Page title={account.name} heading={heading} lead={<AccountFacts account={account} />}>
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
      </Page>
    </>
  );
}

function AccountFacts({ account }: { readonly account: AccountDetail }) {
  const since = account.since === null ? null : `Customer since ${formatDay(account.since)}`;
  const facts = [account.external_id, account.plan, account.industry, account.country, since];
  return (
    <ul className="fact-line">
      {facts.flatMap((fact) => (fact === null ? [] : [<li key={fact}>{fact}</li>]))}
    </ul>
  );
}
