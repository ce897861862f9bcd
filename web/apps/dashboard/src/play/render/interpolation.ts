import { at, rowOf, type Snapshot } from '../core/snapshot';

/** A snapshot and when it arrived, in milliseconds. */
export interface Arrival {
  readonly snapshot: Snapshot;
  readonly time: number;
}

/** Two snapshots, and the share of the way between them to draw: 0 is the older, 1 the newer. */
export interface Between {
  readonly older: Snapshot;
  readonly newer: Snapshot;
  readonly share: number;
}

/** A creep as it is drawn, in units. */
export interface CreepPose {
  readonly uid: number;
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  /** Radians; 0 to the right, clockwise. */
  readonly heading: number;
  /** 0 to 1. */
  readonly health: number;
  readonly isSlowed: boolean;
}

export interface ShellPose {
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  /** Height above the ground. */
  readonly z: number;
  readonly heading: number;
}

/**
 * Keeps the last two snapshots. The drawing lags one snapshot behind: it moves from the older to the newer while the
 * next one is computed. That is smooth at any frame rate, and never runs ahead of the core.
 */
export class Timeline {
  private older: Arrival | null = null;
  private newer: Arrival | null = null;

  add(snapshot: Snapshot, time: number): void {
    this.older = this.newer;
    this.newer = { snapshot, time };
  }

  clear(): void {
    this.older = null;
    this.newer = null;
  }

  get latest(): Snapshot | null {
    return this.newer?.snapshot ?? null;
  }

  /** What to draw at a time; null before the first snapshot. */
  at(time: number, ticksPerMillisecond: number): Between | null {
    if (this.newer === null) return null;
    const { snapshot: newer, time: arrived } = this.newer;
    const older = this.older?.snapshot ?? newer;
    const ticks = newer.score.tick - older.score.tick;
    if (ticks <= 0) return { older: newer, newer, share: 1 };
    const share = ((time - arrived) * ticksPerMillisecond) / ticks;
    return { older, newer, share: Math.min(Math.max(share, 0), 1) };
  }
}

/** The creeps of the newer snapshot, between their old and new positions; a new creep is at its new one. */
export function creepPoses({ older, newer, share }: Between): readonly CreepPose[] {
  const { count, columns } = newer.creeps;
  const before = older.creeps.columns;
  return Array.from({ length: count }, (_, row) => {
    const uid = at(columns.uid, row);
    const oldRow = older === newer ? row : rowOf(before.uid, uid);
    const x = at(columns.x, row);
    const y = at(columns.y, row);
    return {
      uid,
      kind: at(columns.kind, row),
      x: oldRow < 0 ? x : mix(at(before.x, oldRow), x, share),
      y: oldRow < 0 ? y : mix(at(before.y, oldRow), y, share),
      heading: heading(columns.vx, columns.vy, row),
      health: at(columns.hp, row) / Math.max(at(columns.full, row), 1),
      isSlowed: at(columns.slow, row) > 0,
    };
  });
}

/**
 * The shells of the newer snapshot, moved back along their paths by the ticks that are still to be drawn: shells have no
 * uid, so they cannot be matched with the older snapshot. `speed` is in units per tick, by row of the tower rules.
 */
export function shellPoses(between: Between, speed: (row: number) => number): readonly ShellPose[] {
  const { older, newer, share } = between;
  const back = (newer.score.tick - older.score.tick) * (1 - share);
  const { count, columns } = newer.shells;
  return Array.from({ length: count }, (_, row) => {
    const isBallistic = at(columns.target, row) < 0;
    const [vx, vy] = isBallistic
      ? ballisticVelocity(newer, row)
      : homingVelocity(newer, row, speed(at(columns.row, row)));
    return {
      kind: at(columns.kind, row),
      x: at(columns.x, row) - vx * back,
      y: at(columns.y, row) - vy * back,
      z: Math.max(at(columns.z, row) - (at(columns.vz, row) / VELOCITY_SCALE) * back, 0),
      heading: Math.atan2(vy, vx),
    };
  });
}

/** Velocities are in 1/256 units per tick. */
const VELOCITY_SCALE = 256;

function ballisticVelocity({ shells: { columns } }: Snapshot, row: number): readonly [number, number] {
  return [at(columns.vx, row) / VELOCITY_SCALE, at(columns.vy, row) / VELOCITY_SCALE];
}

function homingVelocity(
  { shells: { columns } }: Snapshot,
  row: number,
  speed: number,
): readonly [number, number] {
  const across = at(columns.to_x, row) - at(columns.x, row);
  const down = at(columns.to_y, row) - at(columns.y, row);
  const length = Math.hypot(across, down);
  return length === 0 ? [0, 0] : [(across / length) * speed, (down / length) * speed];
}

function heading(vx: Int32Array, vy: Int32Array, row: number): number {
  return Math.atan2(at(vy, row), at(vx, row));
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
