import type { LoadedMap } from './art';
import { reasonOf } from '../state/reason';
import { randomId } from '../state/settings';
import { Store } from '../state/store';
import { browserSaves, type Kept, type Saves, type Slot } from './saves';

/** The part of a match that says where it is kept. */
interface PlayedMatch {
  readonly name: string;
  readonly difficulty: number;
  readonly loadedMap: LoadedMap;
}

/** Keeps the matches of one page, so that none that the player has not given up is lost. */
export class Keeper {
  private readonly holder = randomId();
  /** The names of matches that had to be kept under another one. */
  private readonly renamed = new Map<string, string>();
  /** The matches that are over or given up: what still arrives from them is kept no longer. */
  private readonly over = new Set<string>();
  /** One at a time, so that an older save never replaces a newer one. */
  private last: Promise<unknown> = Promise.resolve();
  /** Why the browser did not keep a match when it was last asked to; null if it did. */
  readonly trouble = new Store<string | null>(null);

  constructor(private readonly saves: Saves = browserSaves) {}

  /** Like the other methods, never rejects: resolves to whether the browser did it, and `trouble` says why not. */
  keep(match: PlayedMatch, now: Pick<Kept, 'wave' | 'save' | 'isCheckpoint'>): Promise<boolean> {
    const { holder } = this;
    return this.after(async () => {
      if (this.over.has(match.name)) return;
      const kept = { ...now, map: match.loadedMap.map.id, difficulty: match.difficulty, holder };
      const name = await this.saves.keep({ ...kept, name: this.nameOf(match) }, Date.now());
      this.renamed.set(match.name, name);
    });
  }

  /** Called when the player resumes a match. */
  claim(slot: Slot): Promise<boolean> {
    this.over.delete(slot.name);
    return this.after(() => this.saves.claim(slot, this.holder));
  }

  /** A match that is won or given up is kept no longer. */
  drop(match: PlayedMatch): Promise<boolean> {
    this.over.add(match.name);
    return this.after(() => this.saves.deleteOwn(this.nameOf(match), this.holder));
  }

  /** A match that is lost can be resumed from its last checkpoint. */
  lose(match: PlayedMatch): Promise<boolean> {
    return this.after(() => this.saves.dropAfterCheckpoint(this.nameOf(match), this.holder));
  }

  /** A win that counts ends the match; without stars to win, by a loss or by other physics, it may go on. */
  end(match: PlayedMatch, { isWon, tweaked }: { isWon: boolean; tweaked: boolean }): Promise<boolean> {
    return isWon && !tweaked ? this.drop(match) : this.lose(match);
  }

  /** What is kept of the match; null if nothing is, or if the browser does not say. */
  async kept(match: PlayedMatch): Promise<Slot | null> {
    const found: { slot: Slot | null } = { slot: null };
    await this.after(async () => {
      found.slot = await this.saves.find(this.nameOf(match));
    });
    return found.slot;
  }

  private nameOf({ name }: PlayedMatch): string {
    return this.renamed.get(name) ?? name;
  }

  private after(work: () => Promise<void>): Promise<boolean> {
    const done = this.last.then(work).then(
      () => this.settle(null),
      (cause: unknown) => this.settle(`This browser does not keep matches: ${reasonOf(cause)}.`),
    );
    this.last = done;
    return done;
  }

  private settle(trouble: string | null): boolean {
    this.trouble.set(trouble);
    return trouble === null;
  }
}
