import type { AccountItem } from '@keepwell/api';
import { formatDay, Money, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { AccountStatusBadge } from '../shell/AccountStatusBadge';
import {
  DEFAULT_SORT,
  sortDirection,
  toggledSort,
  withFilter,
  type AccountsSearch,
  type SortField,
} from './search';

export interface AccountsTableProps {
  readonly rows: readonly AccountItem[];
  readonly search: AccountsSearch;
  readonly onChange: (change: Omit<AccountsSearch, 'pages'>) => void;
}

export function AccountsTable({ rows, search, onChange }: AccountsTableProps) {
  const sort = search.sort ?? DEFAULT_SORT;
  const sortedBy = (field: SortField) => ({
    direction: sortDirection(sort, field),
    toggle: () => {
      const next = toggledSort(sort, field);
      onChange({ sort: next === DEFAULT_SORT ? undefined : next });
    },
  });
  const columns: Column<AccountItem>[] = [
    {
      id: 'account',
      header: 'Account',
      cell: (account) => <AccountName account={account} />,
      rowHeader: true,
      sort: sortedBy('name'),
    },
    {
      id: 'account-id',
      header: 'Id',
      cell: (account) => <span className="muted">{account.external_id}</span>,
    },
    { id: 'status', header: 'Status', cell: (account) => <AccountStatusBadge status={account.status} /> },
    { id: 'plan', header: 'Plan', cell: (account) => <PlanLink plan={account.plan} search={search} /> },
    {
      id: 'mrr',
      header: 'MRR',
      align: 'end',
      cell: (account) => <Money amount={account.mrr} currency={account.currency} />,
      sort: sortedBy('mrr'),
    },
    {
      id: 'since',
      header: 'Since',
      align: 'end',
      cell: ({ since }) => (since === null ? '–' : formatDay(since)),
      sort: sortedBy('since'),
    },
    { id: 'industry', header: 'Industry', cell: ({ industry }) => industry ?? '–' },
    { id: 'country', header: 'Country', cell: ({ country }) => country ?? '–' },
  ];
  return (
    <Table label="Accounts" columns={columns} rows={rows} rowKey={(account) => account.id} narrow="cards" />
  );
}

function AccountName({ account }: { readonly account: AccountItem }) {
  return (
    <Link to="/accounts/$accountId" params={{ accountId: account.id }}>
      {account.name}
    </Link>
  );
}

interface PlanLinkProps {
  readonly plan: string | null;
  readonly search: AccountsSearch;
}

function PlanLink({ plan, search }: PlanLinkProps) {
  if (plan === null) return '–';
  return (
    <Link to="/accounts" search={withFilter(search, { plan })} className="quiet-link" title={`Only ${plan}`}>
      {plan}
    </Link>
  );
}
