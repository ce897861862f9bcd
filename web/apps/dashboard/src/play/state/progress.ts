import * as v from 'valibot';

import { Store } from './store';
import type { TextStorage } from './web-storage';

const STORAGE_KEY = 'bulwark.progress';
const star = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3));
/** The shape of the desktop's progress.json. */
const schema = v.object({ stars: v.record(v.string(), v.record(v.string(), star)) });

/** The best stars by map and difficulty. */
export type Stars = v.InferOutput<typeof schema>['stars'];

export function parseProgress(saved: string | null): Stars {
  return readProgress(saved) ?? {};
}

/** The stars in a progress.json; null for any other file. */
export function readProgress(saved: string | null): Stars | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), saved);
  return parsed.success ? parsed.output.stars : null;
}

/** The best stars of a map on any difficulty. */
export function bestOf(stars: Stars, map: string): number {
  return Math.max(0, ...Object.values(stars[map] ?? {}));
}

/** The stars of all maps together. */
export function totalOf(stars: Stars): number {
  return Object.keys(stars).reduce((sum, map) => sum + bestOf(stars, map), 0);
}

/** The player's stars; every win is stored in the browser. */
export class ProgressStore extends Store<Stars> {
  constructor(private readonly storage: TextStorage) {
    super(parseProgress(storage.getItem(STORAGE_KEY)));
  }

  /** Adds the stars of a file; the better result stays. */
  merge(stars: Stars): void {
    for (const [map, byDifficulty] of Object.entries(stars))
      for (const [difficulty, earned] of Object.entries(byDifficulty)) this.won(map, difficulty, earned);
  }

  /** Keeps the better of this result and the one before, whichever tab has won it. */
  won(map: string, difficulty: string, earned: number): void {
    const before = parseProgress(this.storage.getItem(STORAGE_KEY));
    const best = Math.max(earned, before[map]?.[difficulty] ?? 0);
    const stars = { ...before, [map]: { ...before[map], [difficulty]: best } };
    this.storage.setItem(STORAGE_KEY, JSON.stringify({ stars }));
    this.set(stars);
  }
}
