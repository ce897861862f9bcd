import type { CoreClient } from '../core/core-client';
import { isSameCell, type Cell } from '../core/map';
import type { Ghost } from '../core/protocol';
import type { HudState } from './hud-state';
import type { Store } from '../state/store';

/** The core is asked again about a ghost after so many milliseconds: creeps walk on meanwhile. */
const GHOST_LASTS = 300;

/** What the page asks of the core, and puts into the state once it is answered, if it still matters then. */
export class CoreQueries {
  private isAsking = false;
  private askedGhost = 0;

  constructor(
    private readonly client: CoreClient,
    private readonly hud: Store<HudState>,
  ) {}

  /** Asks anew about what is in placing where the last answer is old. */
  refreshGhost(now: number): void {
    if (now - this.askedGhost > GHOST_LASTS) this.askGhost();
  }

  /** Asks about what is in hand at the cursor; one question at a time, the last one always. */
  askGhost(): void {
    const { placing, cursor } = this.hud.get();
    if (placing === null || cursor === null || this.isAsking) return;
    this.isAsking = true;
    this.askedGhost = performance.now();
    void this.client.ask('ghost', placing, cursor.column, cursor.row).then((ghost) => {
      this.isAsking = false;
      this.showGhost(ghost, placing, cursor);
    });
  }

  /** What can be done with the chosen tower. */
  askOffers(uid: number): void {
    void this.client.ask('tower', uid).then((offers) => {
      const { tower } = this.hud.get();
      if (tower?.uid === uid) this.patch({ tower: { ...tower, offers } });
    }, ignoreGone);
  }

  /** The next wave, and the ways as the walls are now. */
  askPlan(): void {
    void this.client.ask('plan').then((plan) => {
      this.patch({ plan });
    });
  }

  private showGhost(ghost: Ghost, placing: number, cursor: Cell): void {
    const now = this.hud.get();
    if (now.placing === placing && isSameCell(now.cursor, cursor)) this.patch({ ghost });
    else this.askGhost();
  }

  private patch(changed: Partial<HudState>): void {
    this.hud.set({ ...this.hud.get(), ...changed });
  }
}

/** The tower was sold before the core came to the question. */
function ignoreGone(): void {
  return undefined;
}
