import type { AccountDetail } from '@keepwell/api';
import { EmptyState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { accountQuery } from '../queries/accounts';
import { Loaded } from '../shell/Loaded';
import { Page, type PageProps } from '../shell/Page';
import { AccountBody } from './AccountBody';
import { AccountFacts, AccountHeading, Breadcrumb } from './AccountHead';

const route = getRouteApi('/accounts/$accountId');

export function AccountPage() {
  const { accountId } = route.useParams();
  const account = useQuery(accountQuery(accountId));
  const isUnknown = account.error?.isNotFound === true;
  const loading = (
    <div className="card-body">
      <Skeleton label="account" lines={10} />
    </div>
  );
  return (
    <Page key={accountId} {...pageHead(account.data, isUnknown)}>
      {account.data !== undefined ? (
        <AccountBody account={account.data} />
      ) : (
        <div className="card">
          {isUnknown ? (
            <UnknownAccount />
          ) : (
            <Loaded query={account} loading={loading}>
              {() => null}
            </Loaded>
          )}
        </div>
      )}
    </Page>
  );
}

function pageHead(account: AccountDetail | undefined, isUnknown: boolean): Omit<PageProps, 'children'> {
  const title = account?.name ?? (isUnknown ? 'Account not found' : 'Account');
  const breadcrumb = <Breadcrumb current={title} />;
  if (account === undefined) return { title, breadcrumb };
  return {
    title,
    breadcrumb,
    heading: <AccountHeading account={account} />,
    lead: <AccountFacts account={account} />,
  };
}

function UnknownAccount() {
  return (
    <EmptyState
      title="This workspace has no such account"
      icon="search"
      action={<Link to="/accounts">See all accounts</Link>}
    >
      The link may be outdated, or belong to another workspace.
    </EmptyState>
  );
}
