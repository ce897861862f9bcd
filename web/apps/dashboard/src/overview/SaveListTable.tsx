import type { SaveListEntry } from '@keepwell/api';
import { Money, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { ChurnKindBadge, Probability, Reasons } from '../shell/RiskParts';

export interface SaveListTableProps {
  readonly rows: readonly SaveListEntry[];
  readonly currency: string;
}

export function SaveListTable({ rows, currency }: SaveListTableProps) {
  const columns: Column<SaveListEntry>[] = [
    { id: 'rank', header: 'Rank', cell: (item) => <span className="muted">{item.rank}</span> },
    { id: 'account', header: 'Account', cell: (item) => <AccountName item={item} />, rowHeader: true },
    {
      id: 'mrr',
      header: 'MRR',
      align: 'end',
      cell: (item) => <Money amount={item.mrr} currency={currency} />,
    },
    {
      id: 'probability',
      header: 'Probability',
      align: 'end',
      cell: (item) => <Probability value={item.probability} />,
    },
    {
      id: 'at-risk',
      header: 'Revenue at risk',
      align: 'end',
      cell: (item) => (
        <strong>
          <Money amount={item.revenue_at_risk} currency={currency} />
        </strong>
      ),
    },
    { id: 'kind', header: 'Kind', cell: (item) => <ChurnKindBadge kind={item.kind} /> },
    { id: 'reasons', header: 'Reasons', cell: (item) => <Reasons reasons={item.reasons} />, wide: true },
  ];
  return (
    <Table
      label="Save list"
      columns={columns}
      rows={rows}
      rowKey={(item) => item.account_id}
      narrow="cards"
    />
  );
}

function AccountName({ item }: { readonly item: SaveListEntry }) {
  return (
    <>
      <Link to="/accounts/$accountId" params={{ accountId: item.account_id }}>
        {item.name}
      </Link>
      <span className="row-note">{item.plan}</span>
    </>
  );
}
