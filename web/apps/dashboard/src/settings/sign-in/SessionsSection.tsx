import { deleteSession, send, type OwnSession } from '@keepwell/api';
import { formatDay, formatRecentMoment, Section, Table, Tag, type Column } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { ownSessionsQuery } from '../../queries/settings/own-sessions';
import { Loaded } from '../../shell/Loaded';
import { useBusyRow } from '../../shell/notices/later';
import { LaterButton } from '../../shell/notices/LaterButton';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';

const words = texts.settings.signIn.sessions;

/** The browsers in which the member is signed in; the others can be signed out from here. */
export function SessionsSection() {
  const query = useQuery(ownSessionsQuery());
  const rowClass = useBusyRow();
  return (
    <Section title={words.title}>
      <Loaded query={query} loading={<RowsLoading label={words.loading} rows={2} />}>
        {({ items }) => (
          <Table
            label={words.label}
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            rowClass={rowClass}
            narrow="cards"
          />
        )}
      </Loaded>
    </Section>
  );
}

const COLUMNS: readonly Column<OwnSession>[] = [
  {
    id: 'begun',
    header: words.columns.begun,
    rowHeader: true,
    place: 'name',
    cell: ({ signed_in_at }) => <span className="settings-moment">{formatRecentMoment(signed_in_at)}</span>,
  },
  {
    id: 'used',
    header: words.columns.used,
    place: 'text',
    cell: ({ last_used_at }) => (
      <span className="settings-moment">
        <span className="card-label">{words.columns.used}: </span>
        {formatRecentMoment(last_used_at)}
      </span>
    ),
  },
  {
    id: 'ends',
    header: words.columns.ends,
    isSpare: true,
    cell: ({ expires_at }) => <span className="settings-moment">{formatDay(expires_at.slice(0, 10))}</span>,
  },
  {
    id: 'action',
    header: words.columns.action,
    isHeaderHidden: true,
    align: 'end',
    place: 'action',
    cell: (session) =>
      session.is_current ? <Tag tone="positive">{words.current}</Tag> : <End session={session} />,
  },
];

function End({ session: { id, signed_in_at } }: { readonly session: OwnSession }) {
  return (
    <LaterButton
      id={id}
      label={words.end}
      named={words.endNamed(formatRecentMoment(signed_in_at))}
      said={words.ended}
      failed={words.notEnded}
      list="sessions"
      run={() => send(deleteSession({ path: { session_id: id } }))}
    />
  );
}
