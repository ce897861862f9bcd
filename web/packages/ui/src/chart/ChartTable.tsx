import { Table, type Column } from '../Table';
import { valueText, type ChartData, type ChartPoint } from './core/model';

export interface ChartTableProps extends ChartData {
  readonly label: string;
  /** The head of the column of points, such as "Month". */
  readonly head: string;
}

/** The twin of a chart: the same exact values, one row for each point. */
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
