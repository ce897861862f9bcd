import { Gamepads } from './gamepad';

type Listener = (trigger: string) => void;

/**
 * Reads the gamepads while anybody listens. Each press goes to the one who began to listen last: a dialog comes before the
 * match below it, and a button that is still held down triggers nothing in what has just opened.
 */
export class PadSource {
  private readonly pads = new Gamepads();
  private readonly listeners: Listener[] = [];
  private request = 0;

  /** Returns how to stop. */
  listen(listener: Listener): () => void {
    this.listeners.push(listener);
    if (this.listeners.length === 1) this.request = requestAnimationFrame(this.poll);
    return () => {
      this.listeners.splice(this.listeners.lastIndexOf(listener), 1);
      if (this.listeners.length === 0) cancelAnimationFrame(this.request);
    };
  }

  private readonly poll = (now: number): void => {
    for (const trigger of this.pads.triggers(navigator.getGamepads(), now)) this.listeners.at(-1)?.(trigger);
    this.request = requestAnimationFrame(this.poll);
  };
}

/** The gamepads of this page. */
export const pagePads = new PadSource();
