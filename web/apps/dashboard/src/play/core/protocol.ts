import type { Catalogue, CommandName } from './catalogue';

export type Speed = 1 | 2 | 4;
export const SPEEDS: readonly Speed[] = [1, 2, 4];

/** A way as x and y in turn, in units. */
export type Way = readonly number[];

/** A part of a wave: kind, count, gap, delay, spawn. */
export type Group = readonly [number, number, number, number, number];

export interface Plan {
  readonly groups: readonly Group[];
  /** From each spawn. */
  readonly ways: readonly Way[];
}

export interface Ghost {
  /** Why no tower can be built there; null where one can. */
  readonly reason: string | null;
  /** That would be left around it. */
  readonly ways: readonly Way[];
}

/** What can be done with a tower. */
export interface Offers {
  readonly variants: readonly number[];
  readonly prices: readonly number[];
  readonly refund: number;
}

export interface TelemetryEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly refused: readonly string[];
  readonly events: readonly TelemetryEvent[];
}

/** A question and the type of its answer. */
export interface Answers {
  readonly ghost: Ghost;
  readonly tower: Offers;
  readonly plan: Plan;
  readonly field: Int32Array;
  readonly save: Uint8Array;
  readonly state_hash: string;
}
export type Question = keyof Answers;

export interface NewMatch {
  readonly map: string;
  readonly seed: number;
  readonly difficulty: number;
  /** What telemetry calls the match. */
  readonly name: string;
}

export interface SavedMatch {
  readonly map: string;
  readonly save: Uint8Array;
  readonly name: string;
}

export type ToWorker =
  | { readonly type: 'load'; readonly core: string }
  | ({ readonly type: 'begin' } & NewMatch)
  | ({ readonly type: 'restore' } & SavedMatch)
  | { readonly type: 'pace'; readonly speed: Speed; readonly paused: boolean }
  | { readonly type: 'order'; readonly command: CommandName; readonly fields: readonly number[] }
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly values: readonly number[];
    }
  | { readonly type: 'leave' };

export type FromWorker =
  | { readonly type: 'progress'; readonly received: number; readonly total: number }
  | { readonly type: 'ready'; readonly catalogue: Catalogue }
  /** `ticks` were played since the last one, in `spent` milliseconds. */
  | {
      readonly type: 'snapshot';
      readonly numbers: Int32Array;
      readonly ticks: number;
      readonly spent: number;
    }
  | ({ readonly type: 'told' } & Told)
  | { readonly type: 'checkpoint'; readonly wave: number; readonly save: Uint8Array }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly message: string }
  /** The save that was to be restored cannot be. */
  | { readonly type: 'damaged'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };
