import { useRef, type ReactNode } from 'react';
import { Button } from 'react-aria-components';

import { Icon } from './Icon';
import { useOverflow } from './use-overflow';

export type SortDirection = 'ascending' | 'descending';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures are aligned to the end, so that their digits line up. */
  readonly align?: 'start' | 'end';
  /** Takes a line of its own if rows are shown as cards. */
  readonly wide?: boolean;
  /** Makes the cell the header of its row. */
  readonly rowHeader?: boolean;
  readonly sort?: { readonly direction: SortDirection | null; readonly toggle: () => void };
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /**
   * If there is too little room, rows become cards, or the table scrolls sideways in a focusable region; pinned, its first
   * and last column stay in sight.
   */
  readonly narrow: 'cards' | 'scroll' | 'pinned';
  /** Limits the table to the height of a chart; it then scrolls under its header. */
  readonly short?: boolean;
}

/** The explicit roles keep it a table for assistive technology when rows are laid out as cards. */
export function Table<Row>({ label, columns, rows, rowKey, narrow, short = false }: TableProps<Row>) {
  const region = useRef<HTMLDivElement>(null);
  const isScrollable = useOverflow(region);
  const focusable = isScrollable
    ? ({ role: 'region', 'aria-label': `${label}, scrollable`, tabIndex: 0 } as const)
    : {};
  return (
    <div className={short ? 'table-region table-region-short' : 'table-region'} ref={region} {...focusable}>
      <table className={`table table-${narrow}`} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <BodyCell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeaderCell<Row>({ column }: { readonly column: Column<Row> }) {
  const { header, sort } = column;
  const common = { role: 'columnheader', scope: 'col', className: cellClass(column) } as const;
  if (sort === undefined) return <th {...common}>{header}</th>;
  return (
    <th {...common} aria-sort={sort.direction ?? 'none'}>
      <Button className="sort-button" onPress={sort.toggle}>
        {header}
        <Icon name={sort.direction === 'ascending' ? 'up' : 'down'} />
      </Button>
    </th>
  );
}

function BodyCell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const content = column.cell(row);
  if (column.rowHeader === true) {
    return (
      <th role="rowheader" scope="row" className={cellClass(column)}>
        {content}
      </th>
    );
  }
  return (
    <td role="cell" className={cellClass(column)} data-label={column.header}>
      <div>{content}</div>
    </td>
  );
}

function cellClass<Row>({ id, align, wide }: Column<Row>): string {
  return [`column-${id}`, align === 'end' ? 'cell-end' : '', wide === true ? 'cell-wide' : '']
    .join(' ')
    .trim();
}
