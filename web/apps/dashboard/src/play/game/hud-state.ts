import type { Sight } from '../render/view';
import type { Cell } from '../core/map';
import type { Ghost, Offers, Plan, Speed } from '../core/protocol';
import type { CreepView } from './creep-view';
import { at, rowOf, type Snapshot } from '../core/snapshot';

export type Outcome = 'playing' | 'won' | 'lost';
const OUTCOMES: readonly Outcome[] = ['playing', 'won', 'lost'];

/** The figures shown above the board. */
export interface MatchStats {
  readonly gold: number;
  readonly lives: number;
  /** Waves started so far. */
  readonly wave: number;
  /** Waves that are over. */
  readonly cleared: number;
  readonly creeps: number;
  readonly killed: number;
  readonly leaked: number;
  /** Seconds until the next wave starts on its own; null if it waits for the player. */
  readonly countdown: number | null;
  /** The gold for starting the next wave now. */
  readonly earlyBonus: number;
  readonly autoStart: boolean;
  readonly outcome: Outcome;
  /** Whether a physical constant was changed: then the result does not count. */
  readonly tweaked: boolean;
  readonly walls: number;
  readonly seconds: number;
}

export interface TowerView {
  readonly uid: number;
  readonly kind: number;
  readonly variant: number;
  readonly targeting: number;
  readonly kills: number;
  readonly boost: number;
  readonly spent: number;
  readonly cell: Cell;
  /** Null until the core has answered. */
  readonly offers: Offers | null;
}

/** A message that is shown to the player once; each has a new number. */
export interface Notice {
  readonly number: number;
  readonly text: string;
}

export interface HudState {
  readonly sight: Sight;
  readonly stats: MatchStats;
  readonly speed: Speed;
  readonly paused: boolean;
  /** The kind of tower being placed; null if none. */
  readonly placing: number | null;
  readonly cursor: Cell | null;
  readonly ghost: Ghost | null;
  readonly tower: TowerView | null;
  /** The creep that the player looks at; null if none. */
  readonly creep: CreepView | null;
  readonly plan: Plan | null;
  readonly notice: Notice | null;
  readonly debug: boolean;
}

export const INITIAL_STATS: MatchStats = {
  gold: 0,
  lives: 0,
  wave: 0,
  cleared: 0,
  creeps: 0,
  killed: 0,
  leaked: 0,
  countdown: null,
  earlyBonus: 0,
  autoStart: false,
  outcome: 'playing',
  tweaked: false,
  walls: 0,
  seconds: 0,
};

export function statsFrom({ score }: Snapshot, ticksPerSecond: number): MatchStats {
  return {
    gold: score.gold,
    lives: score.lives,
    wave: score.wave,
    cleared: score.cleared,
    creeps: score.creeps,
    killed: score.killed,
    leaked: score.leaked,
    countdown: score.countdown < 0 ? null : Math.ceil(score.countdown / ticksPerSecond),
    earlyBonus: Math.floor(score.break / ticksPerSecond),
    autoStart: score.auto_start !== 0,
    outcome: OUTCOMES[score.outcome] ?? 'playing',
    tweaked: score.tweaked !== 0,
    walls: score.walls,
    seconds: Math.floor(score.tick / ticksPerSecond),
  };
}

/** A tower as a snapshot shows it; null if it is gone. */
export function towerView(
  { towers: { columns } }: Snapshot,
  uid: number,
  { cell, offers }: { readonly cell: number; readonly offers: Offers | null },
): TowerView | null {
  const row = rowOf(columns.uid, uid);
  if (row < 0) return null;
  return {
    uid,
    kind: at(columns.kind, row),
    variant: at(columns.variant, row),
    targeting: at(columns.targeting, row),
    kills: at(columns.kills, row),
    boost: at(columns.boost, row),
    spent: at(columns.spent, row),
    cell: {
      column: Math.floor(at(columns.x, row) / cell) - 1,
      row: Math.floor(at(columns.y, row) / cell) - 1,
    },
    offers,
  };
}

/** The uid of the tower on a cell; null if there is none. */
export function towerOn({ towers }: Snapshot, { column, row }: Cell, cell: number): number | null {
  const { uid, x, y } = towers.columns;
  for (let index = 0; index < towers.count; index++) {
    const isThere =
      Math.floor(at(x, index) / cell) - 1 === column && Math.floor(at(y, index) / cell) - 1 === row;
    if (isThere) return at(uid, index);
  }
  return null;
}

/** Compares two flat records field by field. */
export function isEqual<Value extends object>(one: Value, other: Value): boolean {
  return Object.entries(one).every(([name, value]) => Object.is(value, other[name as keyof Value]));
}

export const INITIAL_HUD: HudState = {
  sight: { isWhole: true, isSmall: false },
  stats: INITIAL_STATS,
  speed: 1,
  paused: false,
  placing: null,
  cursor: null,
  ghost: null,
  tower: null,
  creep: null,
  plan: null,
  notice: null,
  debug: false,
};

/** Whether there is something that `cancel` would stop or close. */
export function canCancel({ placing, tower, creep }: HudState): boolean {
  return placing !== null || tower !== null || creep !== null;
}
