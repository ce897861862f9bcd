import { Button, EmptyState, Skeleton } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import { accountsQuery } from '../queries/accounts';
import { usePageCount } from '../queries/use-page-count';
import { Loaded } from '../shell/Loaded';
import { LoadMore } from '../shell/LoadMore';
import { Page } from '../shell/Page';
import { AccountsTable } from './AccountsTable';
import { AccountsToolbar } from './AccountsToolbar';
import { withFilter, type AccountsSearch } from './search';

const route = getRouteApi('/accounts');

export function AccountsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { pages = 1, ...filter } = search;
  const query = useInfiniteQuery(accountsQuery(filter));
  usePageCount(query, pages);
  const show = (next: AccountsSearch) => {
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  const change = (changed: Omit<AccountsSearch, 'pages'>) => {
    show(withFilter(search, changed));
  };
  const accounts = query.data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Accounts">
      <section className="card" aria-label="All accounts" aria-busy={query.isPlaceholderData}>
        <AccountsToolbar search={search} onChange={change} />
        <Loaded query={{ ...query, data: accounts }} loading={<TableSkeleton />}>
          {(rows) =>
            rows.length === 0 ? (
              <NoAccounts search={search} onClear={() => void navigate({ search: {}, replace: true })} />
            ) : (
              <>
                <AccountsTable rows={rows} search={search} onChange={change} />
                <LoadMore
                  query={query}
                  shown={rows.length}
                  onMore={() => {
                    show({ ...search, pages: pages + 1 });
                  }}
                />
              </>
            )
          }
        </Loaded>
      </section>
    </Page>
  );
}

function TableSkeleton() {
  return (
    <div className="card-body">
      <Skeleton label="accounts" lines={12} />
    </div>
  );
}

interface NoAccountsProps {
  readonly search: AccountsSearch;
  readonly onClear: () => void;
}

function NoAccounts({ search: { q, status, plan }, onClear }: NoAccountsProps) {
  const isFiltered = q !== undefined || status !== undefined || plan !== undefined;
  if (isFiltered) {
    const clear = <Button onPress={onClear}>Show all accounts</Button>;
    return (
      <EmptyState title="No accounts match" icon="search" action={clear}>
        Try another search term or fewer filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No accounts yet" command="./keepwell import --mapping mapping.yaml exports/">
      Import the accounts and subscriptions of your business from its exports.
    </EmptyState>
  );
}
