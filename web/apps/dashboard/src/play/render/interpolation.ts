import { at, rowOf, type Snapshot } from '../core/snapshot';

/** A snapshot and when it arrived, in milliseconds. */
export interface Arrival {
  readonly snapshot: Snapshot;
  readonly time: number;
}

/** Two snapshots, and how far between them is to be drawn: 0 is the older, 1 the newer. */
export interface Between {
  readonly older: Snapshot;
  readonly newer: Snapshot;
  readonly share: number;
}

/** What a screen draws of a creep, in units. */
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
  /** Above the ground. */
  readonly z: number;
  readonly heading: number;
}

/**
 * Keeps the last two snapshots. What is drawn lags one snapshot behind, so that it moves from the older to the newer
 * while the next one is made, whatever the frames per second; it never runs ahead of what has been computed.
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

  /** What to draw at a time, at so many ticks a millisecond; null before the first snapshot. */
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

/** Each creep of the newer snapshot between where it was and where it is; one that is new stands where it is. */
export function creepPoses({ older, newer, share }: Between): readonly CreepPose[] {
  const { count, columns } = newer.creeps;
  const before = older.creeps.columns;
  return Array.from({ length: count }, (_, row) => {
    const uid = at(columns.uid, row);
    const was = older === newer ? row : rowOf(before.uid, uid);
    const x = at(columns.x, row);
    const y = at(columns.y, row);
    return {
      uid,
      kind: at(columns.kind, row),
      x: was < 0 ? x : mix(at(before.x, was), x, share),
      y: was < 0 ? y : mix(at(before.y, was), y, share),
      heading: heading(columns.vx, columns.vy, row),
      health: at(columns.hp, row) / Math.max(at(columns.full, row), 1),
      isSlowed: at(columns.slow, row) > 0,
    };
  });
}

/**
 * Each shell of the newer snapshot, moved back along its way by the ticks that are still to be drawn: shells have no
 * uid, and the two snapshots hold others. `speed` gives units a tick of one that follows its target, by its rule row.
 */
export function shellPoses(between: Between, speed: (row: number) => number): readonly ShellPose[] {
  const { older, newer, share } = between;
  const back = (newer.score.tick - older.score.tick) * (1 - share);
  const { count, columns } = newer.shells;
  return Array.from({ length: count }, (_, row) => {
    const isBallistic = at(columns.target, row) < 0;
    const [vx, vy] = isBallistic ? thrown(newer, row) : following(newer, row, speed(at(columns.row, row)));
    return {
      kind: at(columns.kind, row),
      x: at(columns.x, row) - vx * back,
      y: at(columns.y, row) - vy * back,
      z: Math.max(at(columns.z, row) - (at(columns.vz, row) / VELOCITY) * back, 0),
      heading: Math.atan2(vy, vx),
    };
  });
}

/** Velocities are in such parts of a unit a tick. */
const VELOCITY = 256;

function thrown({ shells: { columns } }: Snapshot, row: number): readonly [number, number] {
  return [at(columns.vx, row) / VELOCITY, at(columns.vy, row) / VELOCITY];
}

function following({ shells: { columns } }: Snapshot, row: number, speed: number): readonly [number, number] {
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
