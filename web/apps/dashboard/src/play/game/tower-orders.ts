import type { Catalogue, CommandName } from '../core/catalogue';
import type { Store } from '../state/store';
import type { HudState } from './hud-state';

/** The part of a match that orders need. */
export interface Ordered {
  readonly hud: Store<HudState>;
  readonly parts: { readonly catalogue: Catalogue };
  send(command: CommandName, ...fields: readonly number[]): void;
  notify(text: string): void;
}

/** What can be done with the selected tower; never with one that is merely pointed at. */
export class TowerOrders {
  constructor(private readonly match: Ordered) {}

  upgrade(branch: number): void {
    this.order('Upgrade', branch);
  }

  sell(): void {
    this.order('Sell');
  }

  setTargeting(mode: number): void {
    this.order('Target', mode);
  }

  cycleTargeting(): void {
    const targeting = this.match.hud.get().tower?.targeting ?? 0;
    this.setTargeting((targeting + 1) % this.match.parts.catalogue.targetings.length);
  }

  private order(command: CommandName, ...fields: readonly number[]): void {
    const { tower } = this.match.hud.get();
    if (tower === null) this.match.notify('Select a tower first.');
    else this.match.send(command, tower.uid, ...fields);
  }
}
