import type { CommandName } from './catalogue';
import type { Answers, FromWorker, NewMatch, Question, SavedMatch, Speed, ToWorker } from './protocol';

export type CoreMessage = Exclude<FromWorker, { type: 'answer' } | { type: 'refused' }>;

/** What a `Worker` is to this page. */
export interface WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
}

/** The page's end of the line to the worker that plays the match. */
export class CoreClient {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(
    private readonly worker: WorkerPort,
    onMessage: (message: CoreMessage) => void,
  ) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'answer') this.settle(data.id)?.resolve(data.value);
      else if (data.type === 'refused') this.settle(data.id)?.reject(new Error(data.message));
      else onMessage(data);
    };
    worker.onerror = ({ message }) => {
      onMessage({ type: 'failed', message });
    };
  }

  load(core: string): void {
    this.worker.postMessage({ type: 'load', core });
  }

  begin(match: NewMatch): void {
    this.worker.postMessage({ type: 'begin', ...match });
  }

  restore(match: SavedMatch): void {
    this.worker.postMessage({ type: 'restore', ...match });
  }

  pace(speed: Speed, paused: boolean): void {
    this.worker.postMessage({ type: 'pace', speed, paused });
  }

  order(command: CommandName, ...fields: readonly number[]): void {
    this.worker.postMessage({ type: 'order', command, fields });
  }

  /** Rejects where the core cannot answer, for example of a tower that is gone. */
  ask<Q extends Question>(question: Q, ...values: readonly number[]): Promise<Answers[Q]> {
    this.asked += 1;
    const id = this.asked;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ type: 'ask', id, question, values });
    }) as Promise<Answers[Q]>;
  }

  leave(): void {
    this.worker.postMessage({ type: 'leave' });
  }

  close(): void {
    this.worker.terminate();
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}

/** A worker of its own for each page that plays; `./worker` and all of Python are loaded only then. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'bulwark' });
}
