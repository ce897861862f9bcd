import { batchSize, type TrackCall } from './calls';

/** Where calls wait while they cannot be sent. */
export interface QueueStorage {
  read(): Promise<readonly TrackCall[]>;
  write(calls: readonly TrackCall[]): Promise<void>;
}

/** What became of a batch: a refused one would be refused again, so it is given up. */
export type Delivery = 'taken' | 'refused' | 'later';
export type Deliver = (
  calls: readonly TrackCall[],
  options: { readonly isClosing: boolean },
) => Promise<Delivery>;

/** More are not kept while the server cannot be reached; the oldest go first. */
const MOST_WAITING = 2_000;

/**
 * Calls on their way to the intake: kept in the browser before they are sent, and until they were taken. A batch that
 * was taken though its answer was lost is sent again; the intake knows its messages by their ids.
 */
export class EventQueue {
  private calls: readonly TrackCall[] = [];
  private sending: Promise<void> | null = null;
  private readonly loaded: Promise<void>;

  constructor(
    private readonly storage: QueueStorage,
    private readonly deliver: Deliver,
  ) {
    this.loaded = storage.read().then((calls) => {
      this.calls = [...calls, ...this.calls];
    });
  }

  get waiting(): number {
    return this.calls.length;
  }

  async add(calls: readonly TrackCall[]): Promise<void> {
    await this.loaded;
    this.calls = [...this.calls, ...calls].slice(-MOST_WAITING);
    await this.storage.write(this.calls);
  }

  /** Sends what waits, batch after batch, until all are taken or one must wait. */
  async flush(): Promise<void> {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  /** Hands the first batch, and what was added only now, to a browser that closes the page: nothing can be awaited. */
  flushClosing(last: readonly TrackCall[]): void {
    this.calls = [...this.calls, ...last].slice(-MOST_WAITING);
    void this.storage.write(this.calls);
    const batch = this.calls.slice(-Math.max(batchSize(this.calls), last.length));
    if (batch.length > 0) void this.deliver(batch, { isClosing: true });
  }

  /** Forgets what was not sent: the player has switched telemetry off. */
  async clear(): Promise<void> {
    await this.loaded;
    this.calls = [];
    await this.storage.write(this.calls);
  }

  private async send(): Promise<void> {
    await this.loaded;
    while (this.calls.length > 0) {
      const batch = this.calls.slice(0, batchSize(this.calls));
      if ((await this.deliver(batch, { isClosing: false })) === 'later') return;
      const sent = new Set(batch.map(({ messageId }) => messageId));
      this.calls = this.calls.filter(({ messageId }) => !sent.has(messageId));
      await this.storage.write(this.calls);
    }
  }
}
