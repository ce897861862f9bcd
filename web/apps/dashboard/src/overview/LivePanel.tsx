import type { ActivityItem } from '@keepwell/api';
import { Card, EmptyState, formatRecentMoment, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { activityQuery } from '../queries/activity';
import { Loaded } from '../shell/Loaded';

/** What the accounts do at this moment, as soon as it is taken in. */
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
  return (
    <ol className="event-list" tabIndex={0} aria-label="Live activity">
      {items.map((item, position) => (
        <li key={`${item.at} ${item.external_id} ${item.event} ${position}`}>
          <span className="event-name">
            <Whose item={item} />
            <span className="row-note">{item.event}</span>
          </span>
          <time dateTime={item.at}>{formatRecentMoment(item.at)}</time>
        </li>
      ))}
    </ol>
  );
}

function Whose({ item: { account_id, name, external_id } }: { readonly item: ActivityItem }) {
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
      With a write key your product can send what happens, and it is seen here within seconds.
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
