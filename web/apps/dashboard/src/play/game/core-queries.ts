import type { CoreClient } from '../core/core-client';
import { isSameCell, type Cell } from '../core/map';
import type { Ghost } from '../core/protocol';
import type { Store } from '../state/store';
import type { HudState } from './hud-state';

/** The preview of a tower is refreshed after this many milliseconds, because creeps keep moving. */
const GHOST_LIFETIME = 300;

/** Asks the core what the HUD needs to know, and stores each answer if it is still relevant when it arrives. */
export class CoreQueries {
  private isAskingGhost = false;
  private ghostAskedAt = 0;

  constructor(
    private readonly client: CoreClient,
    private readonly hud: Store<HudState>,
  ) {}

  /** Asks again about the tower being placed if the last answer is old. */
  refreshGhost(now: number): void {
    if (now - this.ghostAskedAt > GHOST_LIFETIME) this.askGhost();
  }

  /** Asks whether the tower being placed fits at the cursor. One question at a time; the latest is always asked. */
  askGhost(): void {
    const { placing, cursor } = this.hud.get();
    if (placing === null || cursor === null || this.isAskingGhost) return;
    this.isAskingGhost = true;
    this.ghostAskedAt = performance.now();
    void this.client.ask('ghost', placing, cursor.column, cursor.row).then((ghost) => {
      this.isAskingGhost = false;
      this.showGhost(ghost, placing, cursor);
    });
  }

  /** Asks for the selected tower's upgrades and refund. */
  askOffers(uid: number): void {
    void this.client.ask('tower', uid).then((offers) => {
      const { tower } = this.hud.get();
      if (tower?.uid === uid) this.patch({ tower: { ...tower, offers } });
    }, ignoreSold);
  }

  /** Asks for the next wave and the paths it will take around the towers as they stand. */
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

/** The tower was sold before the core reached the question. */
function ignoreSold(): void {
  return undefined;
}
