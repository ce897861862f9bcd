import type { WebsiteItem } from '@keepwell/api';
import { formatDay, Table, Tag, type Column, type TagTone } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import type { WebsiteState } from './search';

const words = texts.data.websites;

const TONES: Record<WebsiteState, TagTone> = {
  alive: 'positive',
  moved: 'warning',
  dead: 'negative',
  unknown: 'neutral',
  nonsense: 'warning',
  unread: 'neutral',
  left_out: 'neutral',
};

export function WebsitesTable({ rows }: { readonly rows: readonly WebsiteItem[] }) {
  return (
    <Table
      label={words.label}
      columns={COLUMNS}
      rows={rows}
      rowKey={({ id }) => id}
      narrow="cards"
      density="two-lines"
    />
  );
}

function stateOf({ state, problem, is_left_out }: WebsiteItem): WebsiteState {
  if (is_left_out) return 'left_out';
  return state ?? (problem === null ? 'unread' : 'nonsense');
}

/** Why the state is what it is; nothing for a website that is just there. */
function reasonOf({ state, outcome, status, moved_to, problem, is_left_out }: WebsiteItem): string | null {
  if (is_left_out) return words.leftOut;
  if (problem !== null) return problem;
  if (state === 'moved') return words.leadsTo(moved_to ?? '');
  return state === 'dead' || state === 'unknown' ? texts.websites.failure(outcome, status) : null;
}

const COLUMNS: readonly Column<WebsiteItem>[] = [
  {
    id: 'account',
    header: words.columns.account,
    rowHeader: true,
    place: 'name',
    cell: ({ account_id, name, website, is_own }) => (
      <>
        <Link to="/accounts/$accountId" params={{ accountId: account_id }}>
          <bdi>{name}</bdi>
        </Link>
        <span className="data-changed data-field">
          {is_own ? null : `${words.page} `}
          <bdi>{website}</bdi>
        </span>
      </>
    ),
  },
  {
    id: 'state',
    header: words.columns.state,
    place: 'amount',
    cell: (item) => <Tag tone={TONES[stateOf(item)]}>{texts.websites.states[stateOf(item)]}</Tag>,
  },
  {
    id: 'since',
    header: words.columns.since,
    place: 'text',
    cell: (item) => <Since item={item} />,
  },
  {
    id: 'changed',
    header: words.columns.changed,
    place: 'text',
    cell: ({ changed_at, changes }) =>
      changed_at === null ? (
        <span className="card-skip">{texts.common.none}</span>
      ) : (
        <span>
          <span className="card-label">{words.columns.changed}: </span>
          {changes.map((kind) => texts.websites.kind(kind)).join(', ')}
          <span className="data-changed data-moment">{formatDay(changed_at.slice(0, 10))}</span>
        </span>
      ),
  },
  {
    id: 'read',
    header: words.columns.read,
    isSpare: true,
    cell: ({ read_at }) => (
      <span className="data-moment">
        {read_at === null ? texts.common.none : formatDay(read_at.slice(0, 10))}
      </span>
    ),
  },
];

function Since({ item }: { readonly item: WebsiteItem }) {
  const { since } = item;
  const reason = reasonOf(item);
  return (
    <>
      {since === null ? null : (
        <span className="data-moment">
          <span className="card-label">{words.columns.since} </span>
          {formatDay(since.slice(0, 10))}
        </span>
      )}
      {reason === null ? null : <bdi className="data-changed data-field">{reason}</bdi>}
      {since === null && reason === null ? <span className="card-skip">{texts.common.none}</span> : null}
    </>
  );
}
