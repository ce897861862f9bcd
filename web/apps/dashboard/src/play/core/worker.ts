import type { PyodideAPI } from 'pyodide';

import type { Catalogue } from './catalogue';
import type { FromMatch, FromWorker, Speed, ToWorker } from './protocol';
import { startPython } from './python';
import { describeFile, readCatalogue, Session } from './session';

/** Milliseconds between steps: about one frame of a screen, since nobody can see more. */
const STEP_INTERVAL = 15;

type WithoutOpening<Message> = Message extends unknown ? Omit<Message, 'opening'> : never;
type Said = WithoutOpening<FromMatch>;

/** Owns Python and the match; nothing outside this worker changes either. */
class MatchWorker {
  private python: PyodideAPI | null = null;
  private catalogue: Catalogue | null = null;
  private session: Session | null = null;
  /** The number of the match that was opened last, which all its messages carry. */
  private opening = 0;
  private speed: Speed = 1;
  private paused = true;
  private isReplay = false;
  private steppedAt = 0;
  private clearedWaves = 0;

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case 'load':
        await this.load(message.core);
        return;
      case 'start':
        this.end();
        this.opening = message.opening;
        this.open(Session.start(this.readyPython(), message));
        return;
      case 'restore':
        this.openFile(message.opening, () => Session.restore(this.readyPython(), message));
        return;
      case 'watch':
        this.openFile(message.opening, () => Session.watch(this.readyPython(), message));
        this.isReplay = true;
        return;
      case 'describe':
        this.reply(message.id, () => describeFile(this.readyPython(), message));
        return;
      case 'pace':
        this.step(); // The time so far still counts at the old speed.
        this.speed = message.speed;
        this.paused = message.paused;
        return;
      case 'command':
        this.session?.command([this.commandNumber(message.command), ...message.fields]);
        return;
      case 'ask':
        this.reply(message.id, () => this.session?.answer(message.question, message.values) ?? null);
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

  /** The match before it ends, even if this one cannot be opened. */
  private openFile(opening: number, session: () => Session): void {
    this.end();
    this.opening = opening;
    try {
      this.open(session());
    } catch (cause) {
      this.tell({ type: 'save-damaged', message: messageOf(cause) });
    }
  }

  private readyPython(): PyodideAPI {
    if (this.python === null) throw new Error('A match was started before Python was ready.');
    return this.python;
  }

  private commandNumber(name: string): number {
    return this.catalogue?.commands.findIndex((each) => each === name) ?? -1;
  }

  private open(session: Session): void {
    this.session = session;
    this.isReplay = false;
    this.clearedWaves = Infinity; // What was cleared before is no new checkpoint.
    this.steppedAt = performance.now();
    this.postSnapshot(0, 0);
    this.keepStepping(session);
  }

  private keepStepping(session: Session): void {
    if (this.session !== session) return;
    reportFailure(() => {
      this.stepOrStopReplay();
    });
    setTimeout(() => {
      this.keepStepping(session);
    }, STEP_INTERVAL);
  }

  /** A replay that cannot go on is left; the player can go on. */
  private stepOrStopReplay(): void {
    try {
      this.step();
    } catch (cause) {
      if (!this.isReplay) throw cause;
      this.end();
      this.tell({ type: 'save-damaged', message: messageOf(cause) });
    }
  }

  /** Computes the ticks that are due and posts the result. */
  private step(): void {
    if (this.session === null) return;
    const now = performance.now();
    const ticks = this.session.advance(now - this.steppedAt, this.speed, this.paused);
    this.steppedAt = now;
    if (ticks > 0) this.postSnapshot(ticks, performance.now() - now);
  }

  private postSnapshot(ticks: number, spent: number): void {
    if (this.session === null) return;
    const numbers = this.session.snapshot();
    this.postCheckpoint(numbers);
    const report = this.session.report();
    this.tell({ type: 'snapshot', numbers, ticks, spent }, [numbers.buffer]);
    if (report !== null) this.tell({ type: 'report', ...report });
  }

  /** After each cleared wave, the page gets a save of the match. */
  private postCheckpoint(numbers: Int32Array): void {
    const at = this.catalogue?.layout.header.indexOf('cleared') ?? -1;
    const cleared = numbers[at] ?? 0;
    if (cleared > this.clearedWaves && this.session !== null && !this.isReplay) {
      const save = this.session.save();
      this.tell({ type: 'checkpoint', wave: cleared, save }, [save.buffer]);
    }
    this.clearedWaves = cleared;
  }

  private reply(id: number, answer: () => unknown): void {
    try {
      post({ type: 'answer', id, value: answer() });
    } catch (cause) {
      post({ type: 'unanswered', id, message: messageOf(cause) });
    }
  }

  private leave(): void {
    if (this.session === null) return;
    this.session.leave();
    const report = this.session.report();
    if (report !== null) this.tell({ type: 'report', ...report });
    this.end();
  }

  private end(): void {
    this.session?.close();
    this.session = null;
  }

  /** Posts what the match that was opened last says. */
  private tell(said: Said, transfer: Transferable[] = []): void {
    post({ ...said, opening: this.opening }, transfer);
  }
}

function post(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

function reportFailure(work: () => void): void {
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

/** The last line of a Python error: what it is, and what to do next. */
function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const last = message.trim().split('\n').at(-1) ?? message;
  return last.replace(/^bulwark\.errors\.\w+: /, '');
}

const worker = new MatchWorker();
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  worker.receive(data).catch(fail);
};
