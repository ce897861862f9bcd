import { deleteWriteKey, send, type WriteKey } from '@keepwell/api';
import { formatDay, formatRecentMoment, Table, Tag, type Column } from '@keepwell/ui';

import { useBusyRow } from '../../shell/notices/later';
import { LaterButton } from '../../shell/notices/LaterButton';
import { texts } from '../../texts';

const words = texts.data.writeKeys;

export function WriteKeysTable({ rows }: { readonly rows: readonly WriteKey[] }) {
  const rowClass = useBusyRow();
  return (
    <Table
      label={words.label}
      columns={COLUMNS}
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={rowClass}
      narrow="cards"
    />
  );
}

const COLUMNS: readonly Column<WriteKey>[] = [
  {
    id: 'name',
    header: words.columns.name,
    rowHeader: true,
    place: 'name',
    cell: ({ name }) => <bdi className="clamp">{name}</bdi>,
  },
  {
    id: 'state',
    header: words.columns.state,
    place: 'amount',
    cell: ({ revoked_at }) =>
      revoked_at === null ? (
        <Tag tone="positive">{words.inUse}</Tag>
      ) : (
        <Tag>{words.revoked(formatDay(revoked_at.slice(0, 10)))}</Tag>
      ),
  },
  {
    id: 'created',
    header: words.columns.created,
    isSpare: true,
    cell: ({ created_at }) => <span className="data-moment">{formatDay(created_at.slice(0, 10))}</span>,
  },
  {
    id: 'used',
    header: words.columns.used,
    place: 'text',
    cell: ({ last_used_at }) => (
      <span className="data-moment">
        <span className="card-label">{words.columns.used}: </span>
        {last_used_at === null ? texts.common.never : formatRecentMoment(last_used_at)}
      </span>
    ),
  },
  {
    id: 'action',
    header: words.columns.action,
    isHeaderHidden: true,
    align: 'end',
    place: 'action',
    cell: (key) => <Revoke writeKey={key} />,
  },
];

function Revoke({ writeKey: { id, name, revoked_at } }: { readonly writeKey: WriteKey }) {
  if (revoked_at !== null) return null;
  return (
    <LaterButton
      id={id}
      label={words.revoke}
      named={words.revokeNamed(name)}
      said={words.said(name)}
      failed={(why) => words.failed(name, why)}
      list="write-keys"
      emphasis="danger"
      run={() => send(deleteWriteKey({ path: { write_key_id: id } }))}
    />
  );
}
