/** The twins of the charts: the same exact values as tables. */

import { formatCount, formatProbability } from '../format/number';
import { Table } from '../Table';
import type { Column } from '../table-cells';
import { uiTexts } from '../texts';
import { detailsAt, valueText, type ChartAnnotation, type ChartData, type ChartPoint } from './core/model';
import type { ReliabilityGroup } from './core/reliability';
import { stepText, type FormatStep, type WaterfallStep } from './core/step';

export interface ChartTableProps extends ChartData {
  readonly label: string;
  /** The head of the column of points, such as "Month". */
  readonly head: string;
  readonly annotations?: readonly ChartAnnotation[];
}

/** A column of what the annotations say; none if they say nothing of the rows. */
export function annotationColumns<Row>(
  rows: readonly Row[],
  pointIdOf: (row: Row) => string,
  annotations: readonly ChartAnnotation[],
): Column<Row>[] {
  const cell = (row: Row) => detailsAt(pointIdOf(row), annotations).join('; ');
  if (rows.every((row) => cell(row) === '')) return [];
  return [{ id: 'annotations', header: uiTexts().tables.annotations, cell }];
}

/** The series of a chart, one row for each point. */
export function ChartTable({ label, head, points, series, format, annotations = [] }: ChartTableProps) {
  const rows = points.map((point, index) => ({ point, index }));
  const columns: Column<{ readonly point: ChartPoint; readonly index: number }>[] = [
    { id: 'point', header: head, cell: ({ point }) => point.label, rowHeader: true },
    ...annotationColumns(rows, ({ point }) => point.id, annotations),
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
    { id: 'step', header: uiTexts().tables.step, cell: (step) => step.label, rowHeader: true },
    { id: 'amount', header: uiTexts().tables.amount, align: 'end', cell: (step) => stepText(step, format) },
  ];
  return <Table {...{ label, columns }} rows={steps} rowKey={({ id }) => id} narrow="pinned" short />;
}

export interface ReliabilityTableProps {
  readonly label: string;
  readonly groups: readonly ReliabilityGroup[];
}

function reliabilityColumns(): readonly Column<ReliabilityGroup>[] {
  const { tables } = uiTexts();
  return [
    {
      id: 'predicted',
      header: tables.predicted,
      cell: ({ predicted }) => formatProbability(predicted),
      rowHeader: true,
    },
    { id: 'observed', header: tables.observed, align: 'end', cell: ({ observed }) => share(observed) },
    { id: 'low', header: tables.atLeast, align: 'end', cell: ({ low = null }) => share(low) },
    { id: 'high', header: tables.atMost, align: 'end', cell: ({ high = null }) => share(high) },
    { id: 'count', header: tables.predictions, align: 'end', cell: ({ count }) => formatCount(count) },
  ];
}

/** The groups of a reliability plot, with the intervals of what was observed. */
export function ReliabilityTable({ label, groups }: ReliabilityTableProps) {
  return (
    <Table
      label={label}
      columns={reliabilityColumns()}
      rows={groups}
      rowKey={({ id }) => id}
      narrow="pinned"
      short
    />
  );
}

function share(probability: number | null): string {
  return probability === null ? uiTexts().unknown : formatProbability(probability);
}
