import { useRef } from 'react';

import { BodyCell, HeaderRow, Widths, type Column } from './table-cells';
import { uiTexts } from './texts';
import { useOverflow } from './use-overflow';

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
  /** Columns keep their widths whatever their cells hold. */
  readonly isFixed?: boolean;
  readonly density?: 'normal' | 'compact' | 'two-lines';
  /** For rows that are chosen or not yet confirmed. */
  readonly rowClass?: (row: Row) => string | undefined;
}

/** The explicit roles keep it a table for assistive technology when rows are laid out as cards. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, rowKey, short = false, rowClass } = props;
  const region = useRef<HTMLDivElement>(null);
  const isScrollable = useOverflow(region);
  const focusable = isScrollable
    ? ({ role: 'region', 'aria-label': uiTexts().scrollable(label), tabIndex: 0 } as const)
    : {};
  return (
    <div className={short ? 'table-region table-region-short' : 'table-region'} ref={region} {...focusable}>
      <table className={tableClass(props)} role="table" aria-label={label}>
        <Widths columns={columns} />
        <thead role="rowgroup">
          <HeaderRow columns={columns} />
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" className={rowClass?.(row)}>
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

function tableClass<Row>({ narrow, isFixed = false, density = 'normal' }: TableProps<Row>): string {
  return [`table table-${narrow}`, isFixed && 'table-fixed', density !== 'normal' && `table-${density}`]
    .filter(Boolean)
    .join(' ');
}
