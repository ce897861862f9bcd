import type { ActivityItem } from '@keepwell/api';
import { Card, EmptyState, formatRecentMoment, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { activityQuery } from '../queries/activity';
import { eventKeys } from '../shell/event-keys';
import { Loaded } from '../shell/Loaded';

/** The newest events of all accounts, within seconds of their arrival. */
export function LivePanel() {
  const activity = useQuery(activityQuery());
  return (
    <Card title="Live activity" note="The newest events of all accounts" flush>
      <Loaded query={activity} loading={<LiveSkeleton />}>
        {({ items }) => (items.length === 0 ? <NoEvents /> : <Events items={items} />)}
      </Loaded>
    </Card>
  );
}

function Events({ items }: { readonly items: readonly ActivityItem[] }) {
  const keys = eventKeys(items);
  return (
    <ol className="event-list" tabIndex={0} aria-label="Live activity">
      {items.map((item, position) => (
        <li key={keys[position]}>
          <span className="event-name">
            <AccountLink item={item} />
            <span className="row-note">{item.event}</span>
          </span>
          <time dateTime={item.at}>{formatRecentMoment(item.at)}</time>
        </li>
      ))}
    </ol>
  );
}

function AccountLink({ item: { account_id, name, external_id } }: { readonly item: ActivityItem }) {
  if (account_id === null) return external_id;
  return (
    <Link to="/accounts/$accountId" params={{ accountId: account_id }}>
      {name ?? external_id}
    </Link>
  );
}

function NoEvents() {
  return (
    <EmptyState title="No events received" icon="chart" command="./keepwell write-key create --name website">
      With a write key, your product can send its events; they appear here within seconds.
    </EmptyState>
  );
}

function LiveSkeleton() {
  return (
    <div className="card-body">
      <Skeleton label="live activity" lines={6} />
    </div>
  );
}
