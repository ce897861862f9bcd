import type { Catalogue } from '../core/catalogue';
import type { LoadedMap } from './art';
import type { MatchState } from './match-state';

/** How far the core has loaded; once it has started, there is a catalogue. */
export interface Loading {
  readonly received: number;
  readonly total: number;
  readonly catalogue: Catalogue | null;
  readonly failure: string | null;
}

export interface ActiveMatch {
  readonly state: MatchState;
  readonly loadedMap: LoadedMap;
  readonly name: string;
  readonly difficulty: number;
  /** Whether it is only watched. */
  readonly isReplay: boolean;
}

/** For the last snapshot: how many ticks were computed, and how many milliseconds that took. */
export interface TickTimes {
  readonly ticks: number;
  readonly spent: number;
}
