import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  memo,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type Ref,
} from 'react';

import { BodyCell, HeaderRow, Widths, type Column } from './table-cells';
import { useMedia } from './use-media';
import { FIRST_ROW_INDEX, useRowFocus } from './use-row-focus';

/** As in windowed-table.css. */
const ROW = 44;
const CARD = 64;
const PHONE = '(max-width: 700px)';
const OVERSCAN = 12;

export interface WindowedTableHandle {
  /** Moves the focus to the row that many rows further down. */
  readonly move: (step: number) => void;
}

export interface WindowedTableProps<Row> {
  readonly label: string;
  /** The same array as long as nothing about the columns changes: then a row is rendered once. */
  readonly columns: readonly Column<Row>[];
  /** How many rows can be scrolled to now. */
  readonly count: number;
  /** How many rows there are in all, for assistive technology; unknown if undefined. */
  readonly total?: number | undefined;
  /** The row at a place; undefined while it is loading. */
  readonly rowAt: (index: number) => Row | undefined;
  /** Says which rows are in sight. */
  readonly onView: (first: number, last: number) => void;
  /** The End key was pressed: if `count` is not all rows yet, it is now time to find out. */
  readonly onEnd?: () => void;
  readonly ref?: Ref<WindowedTableHandle>;
}

/**
 * A table of any length that scrolls with the page: only the rows in sight and a few around them are in the document, and
 * each says which of all rows it is. Rows are 44 px high, and cards of 64 px on a phone. In the body the arrow keys,
 * Page Up, Page Down, Home and End move from row to row, and Enter opens one.
 */
export function WindowedTable<Row>(props: WindowedTableProps<Row>) {
  const { label, columns, count, total, rowAt, onView, onEnd, ref } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useMedia(PHONE) ? CARD : ROW;
  const top = useTop(body);
  // oxlint-disable-next-line react/incompatible-library -- The compiler would only leave this component as it is.
  const rows = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: top,
    // A frame may come before its rows: there are more around those in sight.
    useFlushSync: false,
    scrollPaddingStart: height,
    scrollPaddingEnd: height,
  });
  useLayoutEffect(() => {
    rows.measure();
  }, [rows, height]);
  const shown = rows.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    onView(first, last);
  }, [onView, first, last]);
  const focus = useRowFocus(body, {
    count,
    page: Math.max(1, Math.floor(window.innerHeight / height) - 2),
    show: (index) => {
      rows.scrollToIndex(index);
    },
    onEnd,
  });
  useImperativeHandle(ref, () => ({ move: focus.move }));
  return (
    <table
      className="table table-cards table-fixed table-windowed"
      role="table"
      aria-label={label}
      aria-rowcount={total === undefined ? -1 : total + 1}
    >
      <Widths columns={columns} />
      <thead role="rowgroup">
        <HeaderRow columns={columns} rowIndex={1} />
      </thead>
      <tbody role="rowgroup" ref={body} onKeyDown={focus.press}>
        <Spacer height={first * height} />
        {shown.map(({ index }) => (
          <WindowedRow key={index} index={index} row={rowAt(index)} columns={columns} />
        ))}
        <Spacer height={Math.max(0, count - last - 1) * height} />
      </tbody>
    </table>
  );
}

/** Stands for the rows that are not in the document. */
function Spacer({ height }: { readonly height: number }) {
  return height === 0 ? null : <tr className="table-spacer" role="presentation" style={{ height }} />;
}

interface WindowedRowProps<Row> {
  readonly index: number;
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
}

const WindowedRow = memo(function WindowedRow<Row>({ index, row, columns }: WindowedRowProps<Row>) {
  return (
    <tr role="row" aria-rowindex={index + FIRST_ROW_INDEX} aria-busy={row === undefined ? true : undefined}>
      {columns.map((column) => (
        <BodyCell key={column.id} column={row === undefined ? loading(column) : column} row={row as Row} />
      ))}
    </tr>
  );
}) as <Row>(props: WindowedRowProps<Row>) => ReactNode;

function loading<Row>(column: Column<Row>): Column<Row> {
  return { ...column, cell: () => <span className="table-waiting" /> };
}

/** How far the rows begin below the top of the page, which changes when what is above them wraps. */
function useTop(body: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const page = body.current?.closest('table')?.parentElement?.parentElement;
    const measure = () => {
      const found = body.current?.getBoundingClientRect().top;
      if (found !== undefined) setTop(Math.round(found + window.scrollY));
    };
    measure();
    const watcher = new ResizeObserver(measure);
    for (const part of page?.children ?? []) watcher.observe(part);
    return () => {
      watcher.disconnect();
    };
  }, [body]);
  return top;
}
