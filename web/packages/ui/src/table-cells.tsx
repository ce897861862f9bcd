import type { ReactNode } from 'react';

import { Icon } from './Icon';

export type SortDirection = 'ascending' | 'descending';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** For a column of buttons, whose words say enough. */
  readonly isHeaderHidden?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Figures are aligned to the end, so that their digits line up. */
  readonly align?: 'start' | 'end';
  /** Where the cell goes if rows are shown as cards on a phone; a cell without a place is left out there. */
  readonly place?: 'name' | 'amount' | 'text' | 'action';
  /** Left out where the page is narrow. */
  readonly isSpare?: boolean;
  /** In pixels, if the table has fixed columns. */
  readonly width?: number;
  /** Makes the cell the header of its row. */
  readonly rowHeader?: boolean;
  readonly sort?: { readonly direction: SortDirection | null; readonly toggle: () => void };
}

export function Widths<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  if (columns.every(({ width }) => width === undefined)) return null;
  return (
    <colgroup>
      {columns.map(({ id, width, isSpare }) => (
        <col
          key={id}
          style={width === undefined ? undefined : { width }}
          className={isSpare === true ? 'wide-only' : undefined}
        />
      ))}
    </colgroup>
  );
}

export interface HeaderRowProps<Row> {
  readonly columns: readonly Column<Row>[];
  /** Its number, where the table has more rows than the document. */
  readonly rowIndex?: number;
}

export function HeaderRow<Row>({ columns, rowIndex }: HeaderRowProps<Row>) {
  return (
    <tr role="row" aria-rowindex={rowIndex}>
      {columns.map((column) => (
        <HeaderCell key={column.id} column={column} />
      ))}
    </tr>
  );
}

function HeaderCell<Row>({ column }: { readonly column: Column<Row> }) {
  const { header, sort } = column;
  const common = { role: 'columnheader', scope: 'col', className: cellClass(column) } as const;
  if (sort === undefined)
    return <th {...common}>{column.isHeaderHidden === true ? <Unseen text={header} /> : header}</th>;
  return (
    <th {...common} aria-sort={sort.direction ?? 'none'}>
      <button type="button" className="sort-button" onClick={sort.toggle}>
        {header}
        <Icon name={sort.direction === 'ascending' ? 'up' : 'down'} />
      </button>
    </th>
  );
}

function Unseen({ text }: { readonly text: string }) {
  return <span className="visually-hidden">{text}</span>;
}

export function BodyCell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const content = column.cell(row);
  if (column.rowHeader === true) {
    return (
      <th role="rowheader" scope="row" className={cellClass(column)}>
        {content}
      </th>
    );
  }
  return (
    <td role="cell" className={cellClass(column)}>
      {content}
    </td>
  );
}

function cellClass<Row>({ id, align, place, isSpare }: Column<Row>): string {
  return [
    `column-${id}`,
    align === 'end' && 'cell-end',
    place !== undefined && `cell-${place}`,
    isSpare === true && 'wide-only',
  ]
    .filter(Boolean)
    .join(' ');
}
