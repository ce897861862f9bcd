import type { ImportItem } from '@keepwell/api';
import { formatCount, formatMoment, Table, Tag, type Column, type TagTone } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import { totals } from './report';

const words = texts.data.imports;

const TONES: Record<ImportItem['status'], TagTone> = {
  running: 'neutral',
  finished: 'positive',
  failed: 'negative',
  interrupted: 'warning',
  undone: 'neutral',
};

export function ImportsTable({ rows }: { readonly rows: readonly ImportItem[] }) {
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

export function ImportStatusTag({ status }: Pick<ImportItem, 'status'>) {
  return <Tag tone={TONES[status]}>{words.statuses[status]}</Tag>;
}

/** Where an import came from; its own word for a source that this release does not know. */
export function sourceName(source: string): string {
  const names: Readonly<Record<string, string>> = words.sources;
  return names[source] ?? source;
}

const COLUMNS: readonly Column<ImportItem>[] = [
  {
    id: 'source',
    header: words.columns.source,
    rowHeader: true,
    place: 'name',
    cell: ({ id, source, mapping }) => (
      <>
        <Link to="/data/imports/$importId" params={{ importId: id }}>
          {sourceName(source)}
        </Link>
        <span className="cell-sub">
          <bdi>{mapping}</bdi>
        </span>
      </>
    ),
  },
  {
    id: 'status',
    header: words.columns.status,
    place: 'amount',
    cell: (item) => <ImportStatusTag {...item} />,
  },
  {
    id: 'started',
    header: words.columns.started,
    place: 'text',
    cell: ({ started_at }) => formatMoment(started_at),
  },
  {
    id: 'rows',
    header: words.columns.rows,
    align: 'end',
    cell: (item) => counted(totals(item)?.read),
  },
  {
    id: 'changed',
    header: words.columns.changed,
    align: 'end',
    isSpare: true,
    cell: (item) => counted(totals(item)?.changed),
  },
  {
    id: 'notes',
    header: words.columns.notes,
    isSpare: true,
    cell: ({ drift }) =>
      drift.length === 0 ? texts.common.none : <span className="warn">{words.drift(drift.length)}</span>,
  },
  {
    id: 'aside',
    header: words.columns.aside,
    align: 'end',
    cell: (item) => {
      const aside = totals(item)?.keptAside;
      return <span className={aside === undefined || aside === 0 ? undefined : 'bad'}>{counted(aside)}</span>;
    },
  },
];

function counted(count: number | undefined): string {
  return count === undefined ? texts.common.none : formatCount(count);
}
