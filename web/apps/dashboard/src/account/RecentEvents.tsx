import type { Activity } from '@keepwell/api';
import { Card, EmptyState, formatMoment } from '@keepwell/ui';

import { eventKeys } from '../shell/event-keys';

export function RecentEvents({ events }: { readonly events: Activity['recent'] }) {
  const keys = eventKeys(events);
  return (
    <Card title="Recent events" note={events.length === 0 ? undefined : `The newest ${events.length}`} flush>
      {events.length === 0 ? (
        <EmptyState title="No events received">Nothing has been recorded for this account.</EmptyState>
      ) : (
        <ol className="event-list" tabIndex={0} aria-label="Recent events">
          {events.map(({ at, event }, position) => (
            <li key={keys[position]}>
              <span className="event-name">{event}</span>
              <time dateTime={at}>{formatMoment(at)}</time>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
