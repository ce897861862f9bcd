import type { AccountItem, MovementFact } from '@keepwell/api';
import {
  formatCount,
  formatDay,
  formatMoney,
  formatMoneyChange,
  Money,
  Table,
  type Column,
} from '@keepwell/ui';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { accountsQuery, accountTotalsQuery } from '../queries/accounts/accounts';
import {
  movementRowsQuery,
  movementTotalsQuery,
  type MovementRowsFilter,
} from '../queries/revenue/movements';
import { texts } from '../texts';
import { AccountName } from './AccountName';
import type { FigureValue } from './read-figure';
import { FIGURES, type FigureId } from './ref';
import { RowsSection } from './RowsSection';
import { useToday } from './use-period';

export interface FigureRowsProps {
  readonly id: FigureId;
  readonly found: FigureValue;
  /** The last day that the figure counts. */
  readonly to: string;
}

/** What the figure is made of: for the MRR of today the paying accounts, for everything else its movements. */
export function FigureRows({ id, found, to }: FigureRowsProps) {
  const today = useToday();
  const isOfToday = FIGURES[id].span === 'day' && to === today && found.policy === 'default';
  if (isOfToday) return <PayingAccounts />;
  return <MovementRows filter={found.rows} note={texts.figures.definitions[id].rows} />;
}

const PAYING = { status: 'active', sort: '-mrr' } as const;
const FIRST_ACCOUNTS = 8;

const { columns: heads } = texts.figures;

const ACCOUNT_COLUMNS: readonly Column<AccountItem>[] = [
  {
    id: 'account',
    header: heads.account,
    cell: ({ id, name }) => <AccountName id={id} name={name} />,
    rowHeader: true,
  },
  { id: 'plan', header: heads.plan, cell: ({ plan }) => <span className="muted">{plan}</span> },
  {
    id: 'mrr',
    header: heads.mrr,
    align: 'end',
    cell: ({ mrr, currency }) => <Money amount={mrr} currency={currency} />,
  },
];

function PayingAccounts() {
  const query = useInfiniteQuery(accountsQuery(PAYING));
  const totals = useQuery(accountTotalsQuery({ status: PAYING.status })).data;
  const rows = query.data?.pages[0]?.items.slice(0, FIRST_ACCOUNTS);
  const foot = totals && {
    all: (
      <Link to="/accounts" search={{ status: 'active' }}>
        {texts.figures.allAccounts(formatCount(totals.accounts))}
      </Link>
    ),
    sum: formatMoney(totals.mrr, totals.currency),
  };
  return (
    <RowsSection
      query={{ ...query, data: rows }}
      shown={rows && totals && [rows.length, totals.accounts]}
      csv="/v1/accounts.csv?status=active&sort=-mrr"
      foot={foot}
    >
      {(accounts) => (
        <Table
          label={texts.figures.rows}
          columns={ACCOUNT_COLUMNS}
          rows={accounts}
          rowKey={({ id }) => id}
          narrow="pinned"
          density="compact"
        />
      )}
    </RowsSection>
  );
}

const MOVEMENT_COLUMNS: readonly Column<MovementFact>[] = [
  {
    id: 'account',
    header: heads.account,
    cell: ({ account_id: id, account }) => <AccountName id={id} name={account} />,
    rowHeader: true,
  },
  { id: 'what', header: heads.what, cell: (row) => <span className="muted">{whatOf(row)}</span> },
  {
    id: 'amount',
    header: heads.change,
    align: 'end',
    cell: ({ amount, currency }) => <data value={amount}>{formatMoneyChange(amount, currency)}</data>,
  },
];

function whatOf({ kind, on, end_reason: reason }: MovementFact): string {
  const { kinds, whatAndWhen, involuntary } = texts.figures;
  const what = reason === 'involuntary' ? `${kinds[kind]}, ${involuntary}` : kinds[kind];
  return whatAndWhen(what, formatDay(on));
}

/** The newest movements first, and more of them on demand. */
function MovementRows({ filter, note }: { readonly filter: MovementRowsFilter; readonly note: string }) {
  const query = useInfiniteQuery(movementRowsQuery({ ...filter, sort: '-on' }));
  const totals = useQuery(movementTotalsQuery(filter)).data;
  const rows = query.data?.pages.flatMap(({ items }) => items);
  return (
    <RowsSection
      query={{ ...query, data: rows }}
      shown={rows && totals && [rows.length, totals.movements]}
      csv={`/v1/movements.csv?${new URLSearchParams(filter as Record<string, string>).toString()}`}
      note={note}
      more={query}
      foot={totals && { sum: formatMoney(totals.amount, totals.currency) }}
    >
      {(movements) => (
        <Table
          label={texts.figures.rows}
          columns={MOVEMENT_COLUMNS}
          rows={movements}
          rowKey={({ id }) => id}
          narrow="pinned"
          density="compact"
        />
      )}
    </RowsSection>
  );
}
