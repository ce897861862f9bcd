const FIRST_LETTER = 65;

/** The part of a map file that the page reads. */
export interface GameMap {
  readonly id: string;
  readonly name: string;
  readonly order: number;
  readonly width: number;
  readonly height: number;
  /** Rows with one character per cell: `.` open, `=` paved, `#` rock, `~` water. */
  readonly terrain: readonly string[];
  readonly spawns: readonly (readonly [number, number])[];
  readonly goal: readonly [number, number];
  readonly gold: number;
  readonly lives: number;
  readonly waves: readonly unknown[];
}

/** Column and row, not counting the padding. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The size of the map as drawn, in cells: with one cell of padding on each side. */
export function paddedSize({ width, height }: GameMap): { width: number; height: number } {
  return { width: width + 2, height: height + 2 };
}

/** The cell at a point of the padded map, in cells; null in the padding and outside. */
export function cellAt(map: GameMap, x: number, y: number): Cell | null {
  const column = Math.floor(x) - 1;
  const row = Math.floor(y) - 1;
  const isInside = column >= 0 && row >= 0 && column < map.width && row < map.height;
  return isInside ? { column, row } : null;
}

/** The center of a cell, in cells of the padded map. */
export function cellCenter({ column, row }: Cell): { readonly x: number; readonly y: number } {
  return { x: column + 1.5, y: row + 1.5 };
}

/** The cell in the middle of the map. */
export function centerCell({ width, height }: GameMap): Cell {
  return { column: Math.floor(width / 2), row: Math.floor(height / 2) };
}

/** The cell at this distance from another, stopping at the edge. */
export function movedCell(map: GameMap, { column, row }: Cell, across: number, down: number): Cell {
  return {
    column: Math.min(Math.max(column + across, 0), map.width - 1),
    row: Math.min(Math.max(row + down, 0), map.height - 1),
  };
}

export function isSameCell(one: Cell | null, other: Cell | null): boolean {
  return one?.column === other?.column && one?.row === other?.row;
}

/** What players call a spawn, which the waves name; null on a map that has only one. */
export function gateName({ spawns }: GameMap, spawn: number): string | null {
  return spawns.length > 1 ? `Gate ${String.fromCodePoint(FIRST_LETTER + spawn)}` : null;
}
