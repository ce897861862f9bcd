import { deleteToken, send, type TokenItem } from '@keepwell/api';
import { formatDay, formatRecentMoment, Table, Tag, type Column } from '@keepwell/ui';

import { useBusyRow } from '../../shell/notices/later';
import { LaterButton } from '../../shell/notices/LaterButton';
import { texts } from '../../texts';

const words = texts.settings.tokens;

export function TokensTable({ rows }: { readonly rows: readonly TokenItem[] }) {
  const rowClass = useBusyRow();
  return (
    <Table
      label={words.label}
      columns={COLUMNS}
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={rowClass}
      narrow="cards"
      density="two-lines"
    />
  );
}

const COLUMNS: readonly Column<TokenItem>[] = [
  {
    id: 'name',
    header: words.columns.name,
    rowHeader: true,
    place: 'name',
    cell: ({ name }) => <bdi className="clamp">{name}</bdi>,
  },
  {
    id: 'scopes',
    header: words.columns.scopes,
    place: 'text',
    cell: ({ scopes }) => (scopes === null ? words.everything : scopes.join(', ')),
  },
  {
    id: 'used',
    header: words.columns.used,
    isSpare: true,
    cell: ({ last_used_at }) => (
      <span className="settings-moment">
        {last_used_at === null ? texts.common.never : formatRecentMoment(last_used_at)}
      </span>
    ),
  },
  {
    id: 'expires',
    header: words.columns.expires,
    place: 'amount',
    cell: (token) => <Expiry token={token} />,
  },
  {
    id: 'action',
    header: words.columns.action,
    isHeaderHidden: true,
    align: 'end',
    place: 'action',
    cell: (token) => <Revoke token={token} />,
  },
];

function dayOf(moment: string): string {
  return formatDay(moment.slice(0, 10));
}

/** Whether a token has been revoked or has expired, as the server's list was made or by this clock. */
function isOver({ revoked_at, expires_at }: TokenItem): boolean {
  return revoked_at !== null || (expires_at !== null && Date.parse(expires_at) < Date.now());
}

function Expiry({ token }: { readonly token: TokenItem }) {
  const { revoked_at, expires_at } = token;
  if (revoked_at !== null) return <Tag>{words.revoked(dayOf(revoked_at))}</Tag>;
  if (expires_at === null) return texts.common.never;
  if (isOver(token)) return <Tag tone="warning">{words.expired(dayOf(expires_at))}</Tag>;
  return <span className="settings-moment">{dayOf(expires_at)}</span>;
}

function Revoke({ token }: { readonly token: TokenItem }) {
  const { id, name } = token;
  if (isOver(token)) return null;
  return (
    <LaterButton
      id={id}
      label={words.revoke}
      named={words.revokeNamed(name)}
      said={words.said(name)}
      failed={(why) => words.failed(name, why)}
      list="tokens"
      emphasis="danger"
      run={() => send(deleteToken({ path: { token_id: id } }))}
    />
  );
}
