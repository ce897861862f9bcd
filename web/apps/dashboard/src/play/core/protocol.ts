import type { Catalogue, CommandName } from './catalogue';

export type Speed = 1 | 2 | 4;
export const SPEEDS: readonly Speed[] = [1, 2, 4];

/** A path as alternating x and y, in units. */
export type Path = readonly number[];

/** Part of a wave: kind, count, gap, delay, spawn. */
export type Group = readonly [number, number, number, number, number];

export interface Plan {
  readonly groups: readonly Group[];
  /** The health of the creeps of each group. */
  readonly health: readonly number[];
  /** One path from each spawn. */
  readonly ways: readonly Path[];
}

/** The preview of a tower on a cell. */
export interface Ghost {
  /** Why a tower cannot be built there; null if it can. */
  readonly reason: string | null;
  /** The paths that would remain. */
  readonly ways: readonly Path[];
}

/** The upgrades of a tower with their prices, and what selling it returns. */
export interface Offers {
  readonly variants: readonly number[];
  readonly prices: readonly number[];
  readonly refund: number;
}

export interface TelemetryEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What happened since the last report: commands that were refused, and events for telemetry. */
export interface Report {
  readonly refused: readonly string[];
  readonly events: readonly TelemetryEvent[];
}

/** The questions of the page, each with the type of its answer. */
export interface Answers {
  readonly ghost: Ghost;
  readonly tower: Offers;
  readonly plan: Plan;
  readonly field: Int32Array;
  /** Uid, x and y of how each pushed creep is pushed, in 1/256 unit per tick. */
  readonly pushes: Int32Array;
  readonly save: Uint8Array;
  /** Empty if an older release saved the match, without a record. */
  readonly replay: Uint8Array;
  readonly state_hash: string;
}
export type Question = keyof Answers;

export interface NewMatch {
  readonly map: string;
  readonly seed: number;
  readonly difficulty: number;
  /** The match's name in telemetry. */
  readonly name: string;
}

export interface SavedMatch {
  readonly map: string;
  readonly save: Uint8Array;
  readonly name: string;
}

/** A replay to watch. */
export interface WatchedMatch {
  readonly map: string;
  readonly replay: Uint8Array;
}

/** What a file of the player is; `wave` is that of a save. */
export interface FileDescription {
  readonly kind: 'save' | 'replay';
  readonly map: string;
  readonly difficulty: number;
  readonly wave: number;
}

export type ToWorker =
  | { readonly type: 'load'; readonly core: string }
  | ({ readonly type: 'start' } & NewMatch & Opening)
  | ({ readonly type: 'restore' } & SavedMatch & Opening)
  | ({ readonly type: 'watch' } & WatchedMatch & Opening)
  /** Asks what a file is; `maps` are the texts of all maps. */
  | {
      readonly type: 'describe';
      readonly id: number;
      readonly file: Uint8Array;
      readonly maps: readonly string[];
    }
  | { readonly type: 'pace'; readonly speed: Speed; readonly paused: boolean }
  | { readonly type: 'command'; readonly command: CommandName; readonly fields: readonly number[] }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly values: readonly number[];
    }
  | { readonly type: 'leave' };

/** Numbers the matches that a page opens, also one that it opens again. */
export interface Opening {
  readonly opening: number;
}

/** What a match says; the page may show another one when the message arrives. */
export type FromMatch = Opening &
  (
    | /** `ticks` were computed since the last snapshot, in `spent` milliseconds. */ {
        readonly type: 'snapshot';
        readonly numbers: Int32Array;
        readonly ticks: number;
        readonly spent: number;
      }
    | ({ readonly type: 'report' } & Report)
    | { readonly type: 'checkpoint'; readonly wave: number; readonly save: Uint8Array }
    /** The save or the replay cannot be read, or the replay cannot go on. */
    | { readonly type: 'save-damaged'; readonly message: string }
  );

export type FromWorker =
  | { readonly type: 'progress'; readonly received: number; readonly total: number }
  | { readonly type: 'ready'; readonly catalogue: Catalogue }
  | FromMatch
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'unanswered'; readonly id: number; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };
