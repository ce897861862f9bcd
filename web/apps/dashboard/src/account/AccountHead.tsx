import type { AccountDetail } from '@keepwell/api';
import { formatDay } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { AccountStatusBadge } from '../shell/AccountStatusBadge';

export function Breadcrumb({ current }: { readonly current: string }) {
  return (
    <nav className="breadcrumb" aria-label="Breadcrumb">
      <Link to="/accounts">Accounts</Link>
      <span aria-hidden="true">/</span>
      <span aria-current="page">{current}</span>
    </nav>
  );
}

export function AccountHeading({ account }: { readonly account: AccountDetail }) {
  return (
    <span className="account-heading">
      {account.name}
      <AccountStatusBadge status={account.status} />
    </span>
  );
}

/** The known facts about the account, in one line. */
export function AccountFacts({ account }: { readonly account: AccountDetail }) {
  const since = account.since === null ? null : `First subscription ${formatDay(account.since)}`;
  const uncertain =
    account.revenue_uncertain_since === null
      ? null
      : `Revenue uncertain since ${formatDay(account.revenue_uncertain_since)}: ${account.revenue_uncertain_because}`;
  const facts = [account.external_id, account.plan, account.industry, account.country, since, uncertain];
  return (
    <ul className="fact-line">
      {facts.flatMap((fact) => (fact === null ? [] : [<li key={fact}>{fact}</li>]))}
    </ul>
  );
}
