import type { LoadedMap } from './art';
import { randomId } from '../state/settings';
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
  /** One at a time, so that an older save never replaces a newer one. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly saves: Saves = browserSaves) {}

  keep(match: PlayedMatch, now: Pick<Kept, 'wave' | 'save' | 'isCheckpoint'>): Promise<void> {
    const { holder } = this;
    return this.after(async () => {
      const kept = { ...now, map: match.loadedMap.map.id, difficulty: match.difficulty, holder };
      const name = await this.saves.keep({ ...kept, name: this.nameOf(match) }, Date.now());
      this.renamed.set(match.name, name);
    });
  }

  /** Called when the player resumes a match. */
  claim(slot: Slot): Promise<void> {
    return this.after(() => this.saves.claim(slot, this.holder));
  }

  /** A match that is won or given up is kept no longer. */
  drop(match: PlayedMatch): Promise<void> {
    return this.after(() => this.saves.deleteOwn(this.nameOf(match), this.holder));
  }

  /** A match that is lost can be resumed from its last checkpoint. */
  lose(match: PlayedMatch): Promise<void> {
    return this.after(() => this.saves.dropAfterCheckpoint(this.nameOf(match), this.holder));
  }

  /** What is kept of the match. */
  async kept(match: PlayedMatch): Promise<Slot | null> {
    await this.last;
    return this.saves.find(this.nameOf(match));
  }

  private nameOf({ name }: PlayedMatch): string {
    return this.renamed.get(name) ?? name;
  }

  private after(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
