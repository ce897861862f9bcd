/** The twins of the charts: the same exact values as tables. */

import { formatCount, formatProbability } from '../format/number';
import { Table, type Column } from '../Table';
import { UNKNOWN, valueText, type ChartData, type ChartPoint } from './core/model';
import type { ReliabilityGroup } from './core/reliability';
import { stepText, type FormatStep, type WaterfallStep } from './core/step';

export interface ChartTableProps extends ChartData {
  readonly label: string;
  /** The head of the column of points, such as "Month". */
  readonly head: string;
}

/** The series of a chart, one row for each point. */
export function ChartTable({ label, head, points, series, format }: ChartTableProps) {
  const rows = points.map((point, index) => ({ point, index }));
  const columns: Column<{ readonly point: ChartPoint; readonly index: number }>[] = [
    { id: 'point', header: head, cell: ({ point }) => point.label, rowHeader: true },
    ...series.map(({ id, label: header, values }) => ({
      id,
      header,
      align: 'end' as const,
      cell: ({ index }: { readonly index: number }) => valueText(values[index], format),
    })),
  ];
  return <Table {...{ label, columns, rows }} rowKey={({ point }) => point.id} narrow="pinned" short />;
}

export interface WaterfallTableProps {
  readonly label: string;
  readonly steps: readonly WaterfallStep[];
  readonly format: FormatStep;
}

/** The steps of a waterfall with their exact amounts. */
export function WaterfallTable({ label, steps, format }: WaterfallTableProps) {
  const columns: Column<WaterfallStep>[] = [
    { id: 'step', header: 'Step', cell: (step) => step.label, rowHeader: true },
    { id: 'amount', header: 'Amount', align: 'end', cell: (step) => stepText(step, format) },
  ];
  return <Table {...{ label, columns }} rows={steps} rowKey={({ id }) => id} narrow="pinned" short />;
}

export interface ReliabilityTableProps {
  readonly label: string;
  readonly groups: readonly ReliabilityGroup[];
}

const RELIABILITY_COLUMNS: readonly Column<ReliabilityGroup>[] = [
  {
    id: 'predicted',
    header: 'Predicted',
    cell: ({ predicted }) => formatProbability(predicted),
    rowHeader: true,
  },
  { id: 'observed', header: 'Observed', align: 'end', cell: ({ observed }) => share(observed) },
  { id: 'low', header: 'At least', align: 'end', cell: ({ low = null }) => share(low) },
  { id: 'high', header: 'At most', align: 'end', cell: ({ high = null }) => share(high) },
  { id: 'count', header: 'Predictions', align: 'end', cell: ({ count }) => formatCount(count) },
];

/** The groups of a reliability plot, with the intervals of what was observed. */
export function ReliabilityTable({ label, groups }: ReliabilityTableProps) {
  return (
    <Table
      label={label}
      columns={RELIABILITY_COLUMNS}
      rows={groups}
      rowKey={({ id }) => id}
      narrow="pinned"
      short
    />
  );
}

function share(probability: number | null): string {
  return probability === null ? UNKNOWN : formatProbability(probability);
}
