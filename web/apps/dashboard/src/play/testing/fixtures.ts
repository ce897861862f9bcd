import type { Catalogue, TowerRule } from '../core/catalogue';
import type { GameMap } from '../core/map';
import { decodeSnapshot, type HeaderName, type Layout, type Snapshot } from '../core/snapshot';

/** A small layout in a different order from the core's, so that tests fail if code relies on the order. */
export const layout: Layout = {
  header: [
    'events', 'walls', 'tick', 'difficulty', 'hp_percent', 'gold', 'lives', 'next_uid', 'wave', 'countdown', 'auto_start',
    'outcome', 'creeps', 'towers', 'shells', 'killed', 'leaked', 'cleared', 'earned', 'break', 'tweaked',
    'acceleration', 'drag', 'centring', 'stiffness', 'knock_back', 'gravity',
  ],
  creeps: ['x', 'y', 'uid', 'kind', 'vx', 'vy', 'hp', 'full', 'slow'],
  towers: ['uid', 'kind', 'variant', 'x', 'y', 'cooldown', 'targeting', 'aim_x', 'aim_y', 'boost', 'spent', 'kills'],
  shells: ['kind', 'row', 'x', 'y', 'z', 'vx', 'vy', 'vz', 'target', 'to_x', 'to_y'],
  events: ['kind', 'x', 'y', 'a', 'b'],
}; // oxfmt-ignore

type Rows = readonly Readonly<Record<string, number>>[];

export interface SnapshotParts {
  readonly score?: Partial<Record<HeaderName, number>>;
  readonly creeps?: Rows;
  readonly towers?: Rows;
  readonly shells?: Rows;
  readonly events?: Rows;
}

const TABLES = ['creeps', 'towers', 'shells', 'events'] as const;

/** The numbers of a snapshot as the worker sends them; columns missing from a row are 0. */
export function snapshotNumbers(parts: SnapshotParts): Int32Array {
  const counts = Object.fromEntries(TABLES.map((table) => [table, parts[table]?.length ?? 0]));
  const score: Partial<Record<HeaderName, number>> = { ...parts.score, ...counts };
  const tables = TABLES.flatMap((table) =>
    layout[table].flatMap((column) => (parts[table] ?? []).map((row) => row[column] ?? 0)),
  );
  return Int32Array.from([...layout.header.map((name) => score[name] ?? 0), ...tables]);
}

export function snapshot(parts: SnapshotParts): Snapshot {
  return decodeSnapshot(snapshotNumbers(parts), layout);
}

const rule: TowerRule = {
  cost: 50, range: 3072, reload: 15, damage: 11, speed: 400, splash: 0, slow: 0, chill: 0, jumps: 0, knock: 0, pierce: 0,
  reaches: 3, boost: 0,
}; // oxfmt-ignore

export const catalogue: Catalogue = {
  cell: 1024,
  ticks_per_second: 30,
  refund_percent: 70,
  towers: [
    {
      name: 'bolt',
      role: 'Quick shots.',
      branches: ['Longbow', 'Repeater'],
      sound: 'bolt',
      variants: [
        rule,
        { ...rule, damage: 20 },
        { ...rule, damage: 34 },
        { ...rule, damage: 190, pierce: 14 },
        { ...rule, reload: 5 },
      ],
    },
  ],
  creeps: [
    { name: 'runner', trait: 'fast', flying: false, immune_to: [], armour: 0, heal: 0, hp: 42, radius: 230, bounty: 5, lives: 1 },
    { name: 'flyer', trait: 'flies', flying: true, immune_to: ['mortar'], armour: 6, heal: 0, hp: 58, radius: 260, bounty: 8, lives: 1 },
  ],
  difficulties: [
    { name: 'easy', lives: 150 },
    { name: 'normal', lives: 100 },
    { name: 'hard', lives: 70 },
  ],
  star_percents: [0, 50, 100],
  stars_per_map: 1,
  targetings: ['first', 'last', 'strong', 'close'],
  commands: ['Build', 'Upgrade', 'Sell', 'Target', 'StartWave', 'AutoStart', 'SetConstant'],
  physics: [
    { name: 'drag', default: 6, least: 1, most: 16 },
    { name: 'gravity', default: 768, least: 64, most: 2048 },
  ],
  events: {
    spawned: 1, fired: 2, hit: 3, burst: 4, arc: 5, died: 6, leaked: 7, wave_began: 8, wave_cleared: 9, healed: 10,
  },
  layout,
}; // oxfmt-ignore

export const map: GameMap = {
  id: 'meadow',
  name: 'Meadow',
  order: 1,
  width: 22,
  height: 12,
  terrain: Array.from({ length: 12 }, () => '.'.repeat(22)),
  spawns: [[0, 5]],
  goal: [21, 6],
  gold: 240,
  lives: 20,
  waves: [[], []],
};
