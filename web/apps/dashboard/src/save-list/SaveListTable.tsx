import type { SaveListEntry } from '@keepwell/api';
import { Money, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { NextStepButton } from '../risk/NextStepButton';
import { Chance, Why } from '../risk/Why';
import { texts } from '../texts';

const { columns: headers } = texts.saveList;

export interface SaveListTableProps {
  readonly rows: readonly SaveListEntry[];
  readonly currency: string;
  /** The row that the keys act on. */
  readonly chosen?: string | undefined;
}

/** Who, why, how much, what next. */
export function SaveListTable({ rows, currency, chosen }: SaveListTableProps) {
  return (
    <Table
      label={texts.saveList.title}
      columns={columnsIn(currency)}
      rows={rows}
      rowKey={(item) => item.account_id}
      rowClass={(item) => (item.account_id === chosen ? 'row-chosen' : undefined)}
      narrow="cards"
      isFixed
    />
  );
}

function columnsIn(currency: string): readonly Column<SaveListEntry>[] {
  return [
    {
      id: 'account',
      header: headers.account,
      cell: (item) => <Name item={item} />,
      rowHeader: true,
      place: 'name',
      width: 200,
    },
    {
      id: 'plan',
      header: headers.plan,
      cell: ({ plan }) => <span className="muted">{plan}</span>,
      isSpare: true,
      width: 112,
    },
    { id: 'why', header: headers.why, cell: (item) => <Why item={item} />, place: 'text' },
    {
      id: 'mrr',
      header: headers.mrr,
      align: 'end',
      cell: ({ mrr }) => <Money amount={mrr} currency={currency} />,
      isSpare: true,
      width: 96,
    },
    {
      id: 'chance',
      header: headers.chance,
      align: 'end',
      cell: ({ probability }) => <Chance value={probability} />,
      width: 104,
    },
    {
      id: 'at-risk',
      header: headers.atRisk,
      align: 'end',
      cell: (item) => (
        <span className="strong">
          <Money amount={item.revenue_at_risk} currency={currency} />
        </span>
      ),
      place: 'amount',
      width: 104,
    },
    {
      id: 'next',
      header: headers.next,
      cell: (item) => <NextStepButton item={item} />,
      place: 'action',
      width: 144,
    },
  ];
}

function Name({ item }: { readonly item: SaveListEntry }) {
  return (
    <Link to="/accounts/$accountId" params={{ accountId: item.account_id }}>
      <bdi>{item.name}</bdi>
    </Link>
  );
}
