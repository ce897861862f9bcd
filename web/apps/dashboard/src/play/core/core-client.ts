import type { CommandName } from './catalogue';
import type {
  Answers,
  FileDescription,
  FromWorker,
  NewMatch,
  Opening,
  Question,
  SavedMatch,
  Speed,
  ToWorker,
  WatchedMatch,
} from './protocol';

export type CoreMessage = Exclude<FromWorker, { type: 'answer' } | { type: 'unanswered' }>;

/** The part of `Worker` that the client uses, so that tests can stand in for it. */
export interface WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
}

interface PendingAnswer {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
}

/** The page's side of the connection to the worker that runs the match. */
export class CoreClient {
  private readonly pending = new Map<number, PendingAnswer>();
  private lastId = 0;

  constructor(
    private readonly worker: WorkerPort,
    onMessage: (message: CoreMessage) => void,
  ) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'answer') this.settle(data.id)?.resolve(data.value);
      else if (data.type === 'unanswered') this.settle(data.id)?.reject(new Error(data.message));
      else onMessage(data);
    };
    worker.onerror = ({ message }) => {
      onMessage({ type: 'failed', message });
    };
  }

  load(core: string): void {
    this.worker.postMessage({ type: 'load', core });
  }

  start(match: NewMatch & Opening): void {
    this.worker.postMessage({ type: 'start', ...match });
  }

  restore(match: SavedMatch & Opening): void {
    this.worker.postMessage({ type: 'restore', ...match });
  }

  watch(match: WatchedMatch & Opening): void {
    this.worker.postMessage({ type: 'watch', ...match });
  }

  /** Rejects with the reason if the file is neither a save nor a replay of one of these maps. */
  describe(file: Uint8Array, maps: readonly string[]): Promise<FileDescription> {
    return this.send((id) => ({ type: 'describe', id, file, maps })) as Promise<FileDescription>;
  }

  sendPace(speed: Speed, paused: boolean): void {
    this.worker.postMessage({ type: 'pace', speed, paused });
  }

  sendCommand(command: CommandName, ...fields: readonly number[]): void {
    this.worker.postMessage({ type: 'command', command, fields });
  }

  /** Rejects if the core cannot answer, for example about a tower that is gone. */
  ask<Q extends Question>(question: Q, ...values: readonly number[]): Promise<Answers[Q]> {
    return this.send((id) => ({ type: 'ask', id, question, values })) as Promise<Answers[Q]>;
  }

  leave(): void {
    this.worker.postMessage({ type: 'leave' });
  }

  close(): void {
    this.worker.terminate();
  }

  private send(message: (id: number) => ToWorker): Promise<unknown> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.postMessage(message(id));
    });
  }

  private settle(id: number): PendingAnswer | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }
}

/** Each Play page has its own worker; `./worker` and Python are loaded only when it starts. */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'bulwark' });
}
