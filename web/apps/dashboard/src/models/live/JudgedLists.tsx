import type { LiveFigures, TestedList } from '@keepwell/api';
import { formatCount, formatDay, Section, Table, Tag, type Column } from '@keepwell/ui';

import { texts } from '../../texts';
import { of100, score } from '../report/model-text';

const words = texts.live.judged;
const SHOWN = 12;

interface Row extends TestedList {
  readonly figures: LiveFigures;
}

/** The newest lists that do not overlap, with what became of their accounts; nothing before one was judged. */
export function JudgedLists({ tests }: { readonly tests: readonly TestedList[] }) {
  const rows = tests.filter((each): each is Row => each.figures !== null).slice(0, SHOWN);
  if (rows.length === 0) return null;
  return (
    <Section title={words.title} note={words.note}>
      <Table
        label={words.label}
        columns={COLUMNS}
        rows={rows}
        rowKey={({ run }) => String(run)}
        narrow="pinned"
      />
    </Section>
  );
}

function isSurprising({ departed, likely_from: low, likely_to: high }: LiveFigures): boolean {
  return departed < low || departed > high;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'list', header: words.list, rowHeader: true, cell: ({ as_of: day }) => formatDay(day) },
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
    cell: ({ figures }) => (
      <span className="models-kind">
        {isSurprising(figures) ? <Tag tone="warning">{words.surprising}</Tag> : null}
        {words.range(formatCount(figures.likely_from), formatCount(figures.likely_to))}
      </span>
    ),
  },
  {
    id: 'pairs',
    header: words.pairs,
    align: 'end',
    cell: ({ figures: { roc_auc: auc } }) => (auc === null ? '–' : of100(auc.value)),
  },
  { id: 'left', header: words.left, align: 'end', cell: ({ figures }) => formatCount(figures.departed) },
];
