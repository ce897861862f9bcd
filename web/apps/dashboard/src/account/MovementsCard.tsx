import { sign, type AccountDetail, type MovementItem } from '@keepwell/api';
import { Card, Change, EmptyState, formatDay, formatMoneyChange, Table, type Column } from '@keepwell/ui';

const KINDS: Record<MovementItem['kind'], string> = {
  new: 'New',
  expansion: 'Expansion',
  contraction: 'Contraction',
  churn: 'Churn',
  reactivation: 'Reactivation',
  fx: 'Exchange rates',
};

export function MovementsCard({ account }: { readonly account: AccountDetail }) {
  const { movements, currency } = account;
  const columns: Column<MovementItem>[] = [
    { id: 'on', header: 'Day', cell: (row) => formatDay(row.on), rowHeader: true },
    { id: 'kind', header: 'Kind', cell: (row) => KINDS[row.kind] },
    {
      id: 'amount',
      header: 'Change in MRR',
      align: 'end',
      cell: (row) => (
        <Change direction={sign(row.amount)}>
          <data value={row.amount}>{formatMoneyChange(row.amount, currency)}</data>
        </Change>
      ),
    },
  ];
  return (
    <Card
      title="Revenue movements"
      note="Computed per account: losing one of several subscriptions is a contraction."
      flush
    >
      {movements.length === 0 ? (
        <EmptyState title="No movements">The revenue of this account has never changed.</EmptyState>
      ) : (
        <Table
          label="Revenue movements"
          columns={columns}
          rows={movements}
          rowKey={(row) => `${row.on} ${row.kind}`}
          narrow="scroll"
        />
      )}
    </Card>
  );
}
