import type { ChurnReportInterval, LiveFigures, LiveReport } from '@keepwell/api';
import { Table, type Column } from '@keepwell/ui';

import { texts } from '../../texts';
import { of100, ranged, score } from '../report/model-text';

const words = texts.live.figures;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly since: string;
  readonly heldOut: string;
  readonly leftAlone: string;
}

type Format = (value: number) => string;
type Figured = 'roc_auc' | 'log_loss' | 'expected_over_departed' | 'revenue_ratio';

const FIGURES: readonly (readonly [Figured, string, Format])[] = [
  ['roc_auc', words.pairs, of100],
  ['log_loss', words.loss, score(4)],
  ['expected_over_departed', words.ratio, score(2)],
  ['revenue_ratio', words.money, score(2)],
];

/** The figures of the lists so far beside those that the model had in its test; none before a list has matured. */
export function FiguresTable({ found }: { readonly found: LiveReport }) {
  const { together, left_alone: leftAlone, baseline } = found;
  if (together === null) return null;
  const rows = FIGURES.map(([id, name, format]): Row => ({
    id,
    name,
    since: textOf(together[id], format),
    heldOut: textOf(baseline?.[id] ?? null, format),
    leftAlone: textOf(leftAlone?.[id] ?? null, format),
  }));
  return (
    <div className="models-about">
      <Table
        label={words.label}
        columns={columnsFor(leftAlone)}
        rows={rows}
        rowKey={({ id }) => id}
        narrow="pinned"
      />
      {together.not_judged === null ? null : <p className="models-say">{together.not_judged}</p>}
    </div>
  );
}

function textOf(found: ChurnReportInterval | null, format: Format): string {
  return found === null ? words.tooFew : ranged(found, format);
}

/** Nobody was left alone in most shops, and then there is no column of it. */
function columnsFor(leftAlone: LiveFigures | null): readonly Column<Row>[] {
  const columns: readonly Column<Row>[] = [
    { id: 'what', header: words.what, rowHeader: true, cell: ({ name }) => name },
    { id: 'heldOut', header: words.heldOut, align: 'end', cell: ({ heldOut }) => heldOut },
    { id: 'leftAlone', header: words.leftAlone, align: 'end', cell: (row) => row.leftAlone },
    // The last column stays in sight on a phone.
    { id: 'since', header: words.since, align: 'end', cell: ({ since }) => since },
  ];
  return leftAlone === null ? columns.filter(({ id }) => id !== 'leftAlone') : columns;
}
