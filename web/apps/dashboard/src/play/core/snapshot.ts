/** A table of a snapshot: its number of rows, and its columns by name. */
export interface Table<Column extends string = string> {
  readonly count: number;
  readonly columns: Readonly<Record<Column, Int32Array>>;
}

export type CreepColumn = 'uid' | 'kind' | 'x' | 'y' | 'vx' | 'vy' | 'hp' | 'full' | 'slow';
export type TowerColumn =
  | 'uid'
  | 'kind'
  | 'variant'
  | 'x'
  | 'y'
  | 'cooldown'
  | 'targeting'
  | 'aim_x'
  | 'aim_y'
  | 'boost'
  | 'spent'
  | 'kills';
export type ShellColumn = 'kind' | 'row' | 'x' | 'y' | 'z' | 'vx' | 'vy' | 'vz' | 'target' | 'to_x' | 'to_y';
export type EventColumn = 'kind' | 'x' | 'y' | 'a' | 'b';
export type ConstantName = 'acceleration' | 'drag' | 'centring' | 'stiffness' | 'knock_back' | 'gravity';
export type HeaderName =
  | ConstantName
  | 'tick'
  | 'difficulty'
  | 'hp_percent'
  | 'gold'
  | 'lives'
  | 'next_uid'
  | 'wave'
  | 'countdown'
  | 'auto_start'
  | 'outcome'
  | 'creeps'
  | 'towers'
  | 'shells'
  | 'killed'
  | 'leaked'
  | 'cleared'
  | 'earned'
  | 'break'
  | 'tweaked'
  | 'events'
  | 'walls';

/** The order of the numbers in a snapshot: the layout of `bulwark.browser.snapshot`. */
export interface Layout {
  readonly header: readonly HeaderName[];
  readonly creeps: readonly CreepColumn[];
  readonly towers: readonly TowerColumn[];
  readonly shells: readonly ShellColumn[];
  readonly events: readonly EventColumn[];
}

/** The state of a match after a tick, and the events since the last snapshot; positions are in units. */
export interface Snapshot {
  readonly score: Readonly<Record<HeaderName, number>>;
  readonly creeps: Table<CreepColumn>;
  readonly towers: Table<TowerColumn>;
  readonly shells: Table<ShellColumn>;
  readonly events: Table<EventColumn>;
}

/** The tables of a snapshot as views of its numbers. Throws if there are fewer or more than its header announces. */
export function decodeSnapshot(numbers: Int32Array, layout: Layout): Snapshot {
  const score = Object.fromEntries(
    layout.header.map((name, at) => [name, numbers[at] ?? 0]),
  ) as Snapshot['score'];
  let at = layout.header.length;
  const table = <Column extends string>(names: readonly Column[], count: number): Table<Column> => {
    const columns = names.map((name) => [name, numbers.subarray(at, (at += count))]);
    return { count, columns: Object.fromEntries(columns) as Record<Column, Int32Array> };
  };
  const snapshot = {
    score,
    creeps: table(layout.creeps, score.creeps),
    towers: table(layout.towers, score.towers),
    shells: table(layout.shells, score.shells),
    events: table(layout.events, score.events),
  };
  if (at !== numbers.length) throw new Error(`A snapshot has ${numbers.length} numbers, not ${at}.`);
  return snapshot;
}

/** The number in a row of a column; 0 past its end. */
export function at(column: Int32Array, row: number): number {
  return column[row] ?? 0;
}

/** The row in which a column, for example of uids, has this value; -1 if none has. */
export function rowOf(column: Int32Array, value: number): number {
  return column.indexOf(value);
}
