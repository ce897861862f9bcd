import type { AccountItem } from '@keepwell/api';
import { formatDay, Money, Tag, WindowedTable, type Column, type WindowedTableHandle } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';

import type { AccountRows } from '../queries/accounts/use-account-rows';
import { useKeys } from '../shell/keys/use-keys';
import { texts } from '../texts';
import { sortDirection, toggledSort, type AccountSort, type SortField } from './search';

const { columns: headers, keys } = texts.accounts;
const ABSENT = '–';

export interface AccountsTableProps {
  readonly rows: AccountRows;
  readonly count: number;
  readonly sort: AccountSort;
  readonly onSort: (sort: AccountSort) => void;
}

export function AccountsTable({ rows, count, sort, onSort }: AccountsTableProps) {
  const table = useRef<WindowedTableHandle>(null);
  const columns = useMemo(() => columnsSorted(sort, onSort), [sort, onSort]);
  useKeys({
    title: texts.accounts.title,
    bindings: [
      { key: 'j', shown: 'J', label: keys.down, run: () => table.current?.move(1) },
      { key: 'k', shown: 'K', label: keys.up, run: () => table.current?.move(-1) },
    ],
  });
  return (
    <WindowedTable
      ref={table}
      label={texts.accounts.title}
      columns={columns}
      count={count}
      total={rows.totals?.accounts}
      rowAt={rows.rowAt}
      onView={rows.onView}
      onEnd={rows.toEnd}
    />
  );
}

function columnsSorted(sort: AccountSort, onSort: (sort: AccountSort) => void): Column<AccountItem>[] {
  const sortedBy = (field: SortField) => ({
    direction: sortDirection(sort, field),
    toggle: () => {
      onSort(toggledSort(sort, field));
    },
  });
  return [
    {
      id: 'account',
      header: headers.account,
      cell: (account) => <AccountName account={account} />,
      rowHeader: true,
      place: 'name',
      sort: sortedBy('name'),
    },
    {
      id: 'status',
      header: headers.status,
      cell: (account) => <Status account={account} />,
      place: 'text',
      width: 200,
    },
    { id: 'plan', header: headers.plan, cell: ({ plan }) => <Muted text={plan} />, width: 120 },
    {
      id: 'mrr',
      header: headers.mrr,
      align: 'end',
      cell: ({ mrr, currency }) => <Money amount={mrr} currency={currency} />,
      place: 'amount',
      width: 120,
      sort: sortedBy('mrr'),
    },
    {
      id: 'since',
      header: headers.since,
      align: 'end',
      cell: ({ since }) => (since === null ? ABSENT : formatDay(since)),
      width: 128,
      sort: sortedBy('since'),
    },
    {
      id: 'industry',
      header: headers.industry,
      cell: ({ industry }) => <Muted text={industry} />,
      isSpare: true,
      width: 160,
    },
    {
      id: 'country',
      header: headers.country,
      cell: ({ country }) => <Muted text={country} />,
      isSpare: true,
      width: 88,
    },
  ];
}

function AccountName({ account: { id, name, external_id } }: { readonly account: AccountItem }) {
  return (
    <Link
      to="/accounts/$accountId"
      params={{ accountId: id }}
      title={texts.accounts.nameAndId(name, external_id)}
      preload={false}
      dir="auto"
    >
      {name}
    </Link>
  );
}

/** The status, with the day on which a churned one left; on a phone the plan too, which has no column there. */
function Status({ account: { status, churned_on: churnedOn, plan } }: { readonly account: AccountItem }) {
  return (
    <>
      <Tag tone={status === 'active' ? 'positive' : 'neutral'}>{texts.accounts.statuses[status]}</Tag>
      {churnedOn === null ? null : <span className="accounts-day">{formatDay(churnedOn)}</span>}
      {plan === null ? null : <bdi className="accounts-card-plan">{plan}</bdi>}
    </>
  );
}

function Muted({ text }: { readonly text: string | null }) {
  return text === null ? ABSENT : <bdi className="muted">{text}</bdi>;
}
