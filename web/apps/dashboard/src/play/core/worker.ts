import type { PyodideAPI } from 'pyodide';

import type { Catalogue } from './catalogue';
import type { FromWorker, SavedMatch, Speed, ToWorker } from './protocol';
import { startPython } from './python';
import { readCatalogue, Session } from './session';

/** The worker looks at the clock so often, in milliseconds: about once a frame of a screen, since nobody sees more. */
const LOOK_EVERY = 15;

/** Owns Python and the match: nothing outside of this worker changes either. */
class MatchWorker {
  private python: PyodideAPI | null = null;
  private catalogue: Catalogue | null = null;
  private session: Session | null = null;
  private speed: Speed = 1;
  private paused = true;
  private looked = 0;
  private clearedWaves = 0;

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'load':
        await this.load(message.core);
        return;
      case 'begin':
        this.open(Session.begin(this.started(), message));
        return;
      case 'restore':
        this.restore(message);
        return;
      case 'pace':
        this.look(); // What has passed still counts at the speed before.
        this.speed = message.speed;
        this.paused = message.paused;
        return;
      case 'order':
        this.session?.order([this.commandNumber(message.command), ...message.fields]);
        return;
      case 'ask':
        this.answer(message);
        return;
      case 'leave':
        this.leave();
    }
  }

  private async load(core: string): Promise<void> {
    const sources = { pyodide: import.meta.env.PYODIDE, core };
    this.python = await startPython(sources, (received, total) => {
      post({ type: 'progress', received, total });
    });
    this.catalogue = readCatalogue(this.python);
    post({ type: 'ready', catalogue: this.catalogue });
  }

  private restore(saved: SavedMatch): void {
    try {
      this.open(Session.restore(this.started(), saved));
    } catch (cause) {
      post({ type: 'damaged', message: messageOf(cause) });
    }
  }

  private started(): PyodideAPI {
    if (this.python === null) throw new Error('A match was begun before Python had started.');
    return this.python;
  }

  private commandNumber(name: string): number {
    return this.catalogue?.commands.findIndex((each) => each === name) ?? -1;
  }

  private open(session: Session): void {
    this.session?.close();
    this.session = session;
    this.looked = performance.now();
    this.show(0, 0);
    this.watch(session);
  }

  private watch(session: Session): void {
    if (this.session !== session) return;
    guarded(() => {
      this.look();
    });
    setTimeout(() => {
      this.watch(session);
    }, LOOK_EVERY);
  }

  /** Plays the ticks that are due, and shows them. */
  private look(): void {
    if (this.session === null) return;
    const now = performance.now();
    const ticks = this.session.advance(now - this.looked, this.speed, this.paused);
    this.looked = now;
    if (ticks > 0) this.show(ticks, performance.now() - now);
  }

  private show(ticks: number, spent: number): void {
    if (this.session === null) return;
    const numbers = this.session.snapshot();
    this.keepWave(numbers);
    const told = this.session.told();
    post({ type: 'snapshot', numbers, ticks, spent }, [numbers.buffer]);
    if (told !== null) post({ type: 'told', ...told });
  }

  /** After each cleared wave the match is handed out to be kept. */
  private keepWave(numbers: Int32Array): void {
    const at = this.catalogue?.layout.header.indexOf('cleared') ?? -1;
    const cleared = numbers[at] ?? 0;
    if (cleared > this.clearedWaves && this.session !== null) {
      const save = this.session.save();
      post({ type: 'checkpoint', wave: cleared, save }, [save.buffer]);
    }
    this.clearedWaves = cleared;
  }

  private answer({ id, question, values }: Extract<ToWorker, { type: 'ask' }>): void {
    try {
      post({ type: 'answer', id, value: this.session?.answer(question, values) ?? null });
    } catch (cause) {
      post({ type: 'refused', id, message: messageOf(cause) });
    }
  }

  private leave(): void {
    if (this.session === null) return;
    this.session.leave();
    const told = this.session.told();
    if (told !== null) post({ type: 'told', ...told });
    this.session.close();
    this.session = null;
  }
}

function post(message: FromWorker, handedOver: Transferable[] = []): void {
  self.postMessage(message, { transfer: handedOver });
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (cause) {
    fail(cause);
    throw cause;
  }
}

function fail(cause: unknown): void {
  post({ type: 'failed', message: messageOf(cause) });
}

/** Of a Python error the last line: what it is, and what to do next. */
function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.trim().split('\n').at(-1) ?? message;
}

const worker = new MatchWorker();
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  worker.receive(data).catch(fail);
};
