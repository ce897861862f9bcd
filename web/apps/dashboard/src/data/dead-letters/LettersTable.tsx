import type { DeadLetterItem } from '@keepwell/api';
import { formatCount, formatRecentMoment, Table, Tag, type Column } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import type { LettersSearch } from './search';

const words = texts.data.deadLetters;

export interface LettersTableProps {
  readonly rows: readonly DeadLetterItem[];
  readonly search: LettersSearch;
}

export function LettersTable({ rows, search }: LettersTableProps) {
  return (
    <Table
      label={words.label}
      columns={columnsOf(search)}
      rows={rows}
      rowKey={({ id }) => id}
      rowClass={({ id }) => (id === search.letter ? 'row-chosen' : undefined)}
      narrow="cards"
      density="two-lines"
    />
  );
}

function columnsOf(search: LettersSearch): readonly Column<DeadLetterItem>[] {
  return [
    {
      id: 'place',
      header: words.columns.place,
      rowHeader: true,
      place: 'name',
      cell: ({ id, source, line, journal }) => (
        <>
          <Link to="/data/dead-letters" search={{ ...search, letter: id }} resetScroll={false}>
            <bdi>{source === '' ? words.journals[journal] : source}</bdi>
            {line === null ? null : <span className="muted">, {words.line(formatCount(line))}</span>}
          </Link>
          <span className="cell-sub">{words.journals[journal]}</span>
        </>
      ),
    },
    {
      id: 'reason',
      header: words.columns.code,
      place: 'text',
      cell: ({ code, reason }) => (
        <>
          <span className="data-reason">{reason}</span>
          <span className="cell-sub">
            <code>{code}</code>
          </span>
        </>
      ),
    },
    {
      id: 'field',
      header: words.columns.field,
      isSpare: true,
      cell: ({ field }) => (field === '' ? texts.common.none : <code className="data-field">{field}</code>),
    },
    {
      id: 'received',
      header: words.columns.received,
      place: 'text',
      cell: ({ received_at }) => <span className="data-moment">{formatRecentMoment(received_at)}</span>,
    },
    { id: 'state', header: words.columns.state, place: 'amount', cell: (letter) => <StateTag {...letter} /> },
  ];
}

export function StateTag({ resolved_at }: Pick<DeadLetterItem, 'resolved_at'>) {
  if (resolved_at === null) return <Tag tone="warning">{words.isOpen}</Tag>;
  return <Tag tone="positive">{words.resolved(formatRecentMoment(resolved_at))}</Tag>;
}
