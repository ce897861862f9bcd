import { EmptyState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { accountQuery } from '../queries/accounts';
import { Loaded } from '../shell/Loaded';
import { Page } from '../shell/Page';
import { AccountView } from './AccountView';

const route = getRouteApi('/accounts/$accountId');

export function AccountPage() {
  const { accountId } = route.useParams();
  const account = useQuery(accountQuery(accountId));
  if (account.data !== undefined) return <AccountView account={account.data} />;
  if (account.error?.isNotFound === true) return <UnknownAccount />;
  return (
    <Page title="Account">
      <div className="card">
        <Loaded
          query={account}
          loading={
            <div className="card-body">
              <Skeleton label="account" lines={10} />
            </div>
          }
        >
          {() => null}
        </Loaded>
      </div>
    </Page>
  );
}

function UnknownAccount() {
  return (
    <Page title="Account not found">
      <div className="card">
        <EmptyState
          title="This workspace has no such account"
          icon="search"
          action={<Link to="/accounts">See all accounts</Link>}
        >
          The link may be old, or of another workspace.
        </EmptyState>
      </div>
    </Page>
  );
}
