import { ErrorState } from '@keepwell/ui';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

import { useAccountRows } from '../queries/accounts/use-account-rows';
import { Page } from '../shell/Page';
import { useSearchOf } from '../shell/use-search-of';
import { texts } from '../texts';
import './accounts.css';
import { AccountsBar } from './AccountsBar';
import { AccountsTable } from './AccountsTable';
import { FilterChips } from './FilterChips';
import { FilterSheet } from './FilterSheet';
import { NoAccounts } from './NoAccounts';
import { accountsSearch, DEFAULT_SORT, withoutSheet, type AccountsSearch, type AccountSort } from './search';

const route = getRouteApi('/accounts');
/** So many rows stand for a list whose first page is on its way. */
const WAITING = 20;

export function AccountsPage() {
  const search = useSearchOf(accountsSearch);
  const navigate = route.useNavigate();
  const filter = useMemo(() => withoutSheet(search), [search]);
  const rows = useAccountRows(filter);
  const { totals } = rows;
  const show = useCallback(
    (next: AccountsSearch) => {
      void navigate({ search: next, replace: true, resetScroll: false });
    },
    [navigate],
  );
  const sortBy = useCallback(
    (sort: AccountSort) => {
      window.scrollTo({ top: 0 });
      void navigate({
        search: (current) => ({ ...current, sort: sort === DEFAULT_SORT ? undefined : sort }),
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return (
    <Page title={texts.accounts.title} purpose={texts.accounts.purpose} search={accountsSearch}>
      <FilterChips search={search} currency={totals?.currency} onShow={show} />
      <AccountsBar totals={totals} search={search} />
      <section aria-label={texts.accounts.list} aria-busy={rows.isOutdated || rows.count === undefined}>
        {rows.count === 0 ? (
          <NoAccounts search={search} onShow={show} />
        ) : rows.error === null || rows.count !== undefined ? (
          <AccountsTable
            rows={rows}
            count={rows.count ?? WAITING}
            sort={search.sort ?? DEFAULT_SORT}
            onSort={sortBy}
          />
        ) : null}
        {rows.error === null ? null : <ErrorState problem={rows.error.problem} onRetry={rows.retry} />}
      </section>
      {search.sheet === 'filters' ? (
        <FilterSheet
          search={search}
          onShow={show}
          onClose={() => {
            show({ ...search, sheet: undefined });
          }}
        />
      ) : null}
    </Page>
  );
}
