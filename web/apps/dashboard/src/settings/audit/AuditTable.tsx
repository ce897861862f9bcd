import type { AuditEntry } from '@keepwell/api';
import { formatRecentMoment, Table, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import { changedFields } from './changed-fields';
import type { AuditSearch } from './search';

const words = texts.settings.audit;

export interface AuditTableProps {
  readonly rows: readonly AuditEntry[];
  readonly search: AuditSearch;
  readonly members: ReadonlyMap<string, string>;
}

export function AuditTable({ rows, search, members }: AuditTableProps) {
  return (
    <Table
      label={words.label}
      columns={columnsOf(search, members)}
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={({ id }) => (id === search.entry ? 'row-chosen' : undefined)}
      narrow="cards"
    />
  );
}

/** The member's name, and whether a command or a token acted for them. */
export function actorName(entry: AuditEntry, members: ReadonlyMap<string, string>): string {
  const name = members.get(entry.member_id) ?? words.formerMember;
  if (entry.request_id === 'command-line') return `${name}, ${words.byCommand}`;
  return entry.token_id === null ? name : `${name}, ${words.byToken}`;
}

function columnsOf(search: AuditSearch, members: ReadonlyMap<string, string>): readonly Column<AuditEntry>[] {
  return [
    {
      id: 'action',
      header: words.columns.action,
      rowHeader: true,
      place: 'name',
      cell: ({ id, action }) => (
        <Link to="/settings/audit" search={{ ...search, entry: id }} resetScroll={false}>
          {action}
        </Link>
      ),
    },
    {
      id: 'fields',
      header: texts.settings.audit.sheet.changed,
      isSpare: true,
      cell: (entry) => (
        <span className="muted clamp">
          {changedFields(entry)
            .map(({ name }) => name)
            .join(', ')}
        </span>
      ),
    },
    {
      id: 'who',
      header: words.columns.who,
      place: 'text',
      cell: (entry) => <bdi className="clamp">{actorName(entry, members)}</bdi>,
    },
    {
      id: 'subject',
      header: words.columns.subject,
      isSpare: true,
      cell: ({ subject }) => <code className="clamp">{shortened(subject)}</code>,
    },
    {
      id: 'at',
      header: words.columns.at,
      align: 'end',
      place: 'text',
      cell: ({ at }) => <span className="settings-moment">{formatRecentMoment(at)}</span>,
    },
  ];
}

/** An id keeps its last eight characters, by which two are told apart. */
function shortened(subject: string): string {
  const [kind, id] = subject.split(':', 2);
  return id?.length === 36 ? `${kind}:…${id.slice(-8)}` : subject;
}
