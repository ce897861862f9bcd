import { useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react';

import { columnRoom, shadeBy, type HeatRow, type Shade } from './core/heat';
import type { FormatValue } from './core/model';
import { summarizeHeat } from './core/summary';

export interface HeatTableProps {
  /** What the cells are. */
  readonly label: string;
  /** The heads of the rows and of their sizes. */
  readonly heads: readonly [string, string];
  readonly columns: readonly string[];
  readonly rows: readonly HeatRow[];
  /** All rows together; it has no shades. */
  readonly foot?: HeatRow;
  readonly format: FormatValue;
  /** What a reader would take away from it; by default its extremes. */
  readonly summary?: string | undefined;
  /** Opens the rows behind a cell. */
  readonly onOpen?: (rowId: string, column: number) => void;
}

/** With more columns, their padding has to shrink. */
const MOST_WIDE = 14;

/** A table whose cells are shaded by value: its own twin. One tab stop; arrow keys walk, Enter opens the rows. */
export function HeatTable(props: HeatTableProps) {
  const { label, heads, columns, rows, foot, format, onOpen } = props;
  const { summary = summarizeHeat(columns, rows, format) } = props;
  const [reached, setReached] = useState('0 0');
  const shade = shadeBy(rows.flatMap(({ values }) => values));
  const open = (event: KeyboardEvent | MouseEvent) => {
    const [row, column] = cellOf(event.target)?.dataset['cell']?.split(' ').map(Number) ?? [];
    const rowId = row === undefined ? undefined : rows[row]?.id;
    if (rowId !== undefined && column !== undefined) onOpen?.(rowId, column);
  };
  const keep = (event: FocusEvent) => {
    setReached(cellOf(event.target)?.dataset['cell'] ?? reached);
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === 'Enter') open(event);
    const target = neighbour(cellOf(event.target), event.key);
    if (target === null) return;
    event.preventDefault();
    target.focus();
  };
  return (
    <figure className="heat-figure">
      <table
        className={columns.length > MOST_WIDE ? 'heat heat-dense' : 'heat'}
        role="grid"
        aria-label={label}
        onKeyDown={walk}
        onFocus={keep}
        onClick={open}
      >
        <thead>
          <tr>
            <th scope="col">{heads[0]}</th>
            <th scope="col">{heads[1]}</th>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={`heat-${columnRoom(index, columns.length)}`}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.id}>
              <Cells {...{ row, index, reached, shade, format, count: columns.length }} />
            </tr>
          ))}
        </tbody>
        {foot === undefined ? null : (
          <tfoot>
            <tr>
              <Cells row={foot} format={format} count={columns.length} />
            </tr>
          </tfoot>
        )}
      </table>
      <figcaption className="chart-summary">{summary}</figcaption>
    </figure>
  );
}

interface CellsProps {
  readonly row: HeatRow;
  readonly count: number;
  readonly format: FormatValue;
  /** Present for the rows that have shades and can be walked. */
  readonly index?: number;
  readonly reached?: string;
  readonly shade?: Shade;
}

function Cells({ row: { label, size, values }, count, format, index, reached, shade }: CellsProps) {
  return (
    <>
      <th scope="row">{label}</th>
      <td>{size}</td>
      {Array.from({ length: count }, (_, column) => {
        const value = values[column] ?? null;
        const cell = index === undefined ? undefined : `${index} ${column}`;
        const depth = shade?.(value) ?? null;
        return (
          <td
            key={column}
            className={`heat-${columnRoom(column, count)}`}
            data-cell={cell}
            tabIndex={cell === undefined ? undefined : cell === reached ? 0 : -1}
            style={depth === null ? undefined : { background: shadeColor(depth) }}
          >
            {value === null ? null : format(value)}
          </td>
        );
      })}
    </>
  );
}

function shadeColor(depth: number): string {
  return `color-mix(in srgb, var(--accent) ${depth}%, var(--surface))`;
}

function cellOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-cell]') : null;
}

/** The cell that a key leads to. Columns that a narrow table hides are stepped over. */
function neighbour(cell: HTMLElement | null, key: string): HTMLElement | null {
  const row = cell?.parentElement;
  if (cell === null || !(row instanceof HTMLElement)) return null;
  const column = [...row.children].indexOf(cell);
  const shown = [...row.querySelectorAll<HTMLElement>('[data-cell]')].filter(isShown);
  const at = shown.indexOf(cell);
  const targets: Readonly<Record<string, Element | null | undefined>> = {
    ArrowLeft: shown[at - 1],
    ArrowRight: shown[at + 1],
    ArrowUp: row.previousElementSibling?.children[column],
    ArrowDown: row.nextElementSibling?.children[column],
    Home: shown[0],
    End: shown.at(-1),
  };
  const target = targets[key];
  return target instanceof HTMLElement ? target : null;
}

function isShown(cell: HTMLElement): boolean {
  return getComputedStyle(cell).display !== 'none';
}
