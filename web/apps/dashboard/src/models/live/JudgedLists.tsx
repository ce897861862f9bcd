import type { JudgedList } from '@keepwell/api';
import { formatCount, formatDay, Section, Table, Tag, type Column } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { judgedListsQuery } from '../../queries/live';
import { texts } from '../../texts';
import { of100, score } from '../report/model-text';

const words = texts.live.judged;

/** The newest lists with what became of their accounts; nothing before one was judged. */
export function JudgedLists() {
  const { data } = useQuery(judgedListsQuery());
  const rows = data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <Section title={words.title} note={words.note}>
      <Table
        label={words.label}
        columns={COLUMNS}
        rows={rows}
        rowKey={({ run, known_days: days }) => `${String(run)}.${String(days)}`}
        narrow="pinned"
      />
    </Section>
  );
}

function isSurprising({ figures, known_days: known, horizon_days: all }: JudgedList): boolean {
  const { departed, likely_from: low, likely_to: high } = figures;
  return known === all && (departed < low || departed > high);
}

const COLUMNS: readonly Column<JudgedList>[] = [
  { id: 'list', header: words.list, rowHeader: true, cell: ({ as_of: day }) => formatDay(day) },
  {
    id: 'known',
    header: words.known,
    align: 'end',
    cell: ({ known_days: known, horizon_days: all }) => words.days(known, all),
  },
  {
    id: 'expected',
    header: words.expected,
    align: 'end',
    cell: ({ figures }) => score(1)(figures.expected),
  },
  {
    id: 'likely',
    header: words.likely,
    align: 'end',
    cell: ({ figures: { likely_from: low, likely_to: high } }) =>
      words.range(formatCount(low), formatCount(high)),
  },
  {
    id: 'pairs',
    header: words.pairs,
    align: 'end',
    cell: ({ figures: { roc_auc: auc } }) => (auc === null ? '–' : of100(auc.value)),
  },
  {
    id: 'left',
    header: words.left,
    align: 'end',
    cell: (list) => (
      <span className="models-kind">
        {isSurprising(list) ? <Tag tone="warning">{words.surprising}</Tag> : null}
        {formatCount(list.figures.departed)}
      </span>
    ),
  },
];
