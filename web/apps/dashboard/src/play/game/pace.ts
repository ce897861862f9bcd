import type { CoreClient } from '../core/core-client';
import { SPEEDS, type Speed } from '../core/protocol';
import type { Store } from '../state/store';
import type { HudState } from './hud-state';

/** How fast the match runs; every change is sent to the core. */
export class Pace {
  constructor(
    private readonly client: CoreClient,
    private readonly hud: Store<HudState>,
  ) {
    this.send();
  }

  setPaused(paused: boolean): void {
    this.hud.set({ ...this.hud.get(), paused });
    this.send();
  }

  setSpeed(speed: Speed): void {
    this.hud.set({ ...this.hud.get(), speed });
    this.send();
  }

  /** One step faster or slower. */
  changeSpeed(by: 1 | -1): void {
    const speed = SPEEDS[SPEEDS.indexOf(this.hud.get().speed) + by];
    if (speed !== undefined) this.setSpeed(speed);
  }

  private send(): void {
    const { speed, paused } = this.hud.get();
    this.client.sendPace(speed, paused);
  }
}
