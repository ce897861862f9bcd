import type { AccountDetail, AccountSubscription } from '@keepwell/api';
import {
  Badge,
  Card,
  EmptyState,
  formatCount,
  formatDay,
  Money,
  Table,
  todayUtc,
  type Column,
} from '@keepwell/ui';

import { subscriptionState } from './subscription-state';

export function SubscriptionsCard({ account }: { readonly account: AccountDetail }) {
  const { subscriptions } = account;
  const today = todayUtc();
  const columns: Column<AccountSubscription>[] = [
    { id: 'plan', header: 'Plan', cell: (row) => row.plan, rowHeader: true },
    { id: 'id', header: 'Id', cell: (row) => <span className="muted">{row.external_id}</span> },
    { id: 'seats', header: 'Seats', align: 'end', cell: (row) => formatCount(row.seats) },
    {
      id: 'mrr',
      header: 'MRR',
      align: 'end',
      cell: (row) => <Money amount={row.mrr} currency={row.currency} />,
    },
    { id: 'interval', header: 'Billed every', cell: (row) => row.interval },
    { id: 'starts', header: 'Starts', align: 'end', cell: (row) => formatDay(row.starts_on) },
    {
      id: 'ends',
      header: 'Ends',
      align: 'end',
      cell: (row) => (row.ends_on === null ? '–' : formatDay(row.ends_on)),
    },
    { id: 'state', header: 'State', cell: (row) => <StateBadge subscription={row} today={today} /> },
  ];
  return (
    <Card
      title="Subscriptions"
      note="Each counts from its start until the day before its end; trials never count."
      flush
    >
      {subscriptions.length === 0 ? (
        <EmptyState title="No subscription">This account has never had one.</EmptyState>
      ) : (
        <Table
          label="Subscriptions"
          columns={columns}
          rows={subscriptions}
          rowKey={(row) => row.id}
          narrow="cards"
        />
      )}
    </Card>
  );
}

interface StateBadgeProps {
  readonly subscription: AccountSubscription;
  readonly today: string;
}

function StateBadge({ subscription, today }: StateBadgeProps) {
  const { label, tone } = subscriptionState(subscription, today);
  return <Badge tone={tone}>{label}</Badge>;
}
