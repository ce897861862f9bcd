import { batchSize, type TrackCall } from './calls';

/** Stores the calls that wait to be sent. */
export interface QueueStorage {
  read(): Promise<readonly TrackCall[]>;
  write(calls: readonly TrackCall[]): Promise<void>;
}

/** The result of sending a batch: a rejected one is dropped, since it would be rejected again. */
export type Delivery = 'accepted' | 'rejected' | 'retry';
export type Deliver = (
  calls: readonly TrackCall[],
  options: { readonly isClosing: boolean },
) => Promise<Delivery>;

/** If more calls than this wait, the oldest are dropped. */
const MAX_WAITING = 2_000;

/**
 * Calls on their way to the intake, stored in the browser until they are accepted. A batch whose response was lost is
 * sent again; the intake recognizes its messages by their ids.
 */
export class EventQueue {
  private calls: readonly TrackCall[] = [];
  private sending: Promise<void> | null = null;
  private readonly loaded: Promise<void>;

  constructor(
    private readonly storage: QueueStorage,
    private readonly deliver: Deliver,
  ) {
    const stored = storage.read().catch((): readonly TrackCall[] => []);
    this.loaded = stored.then((calls) => {
      this.calls = [...calls, ...this.calls];
    });
  }

  get waiting(): number {
    return this.calls.length;
  }

  async add(calls: readonly TrackCall[]): Promise<void> {
    await this.loaded;
    this.calls = [...this.calls, ...calls].slice(-MAX_WAITING);
    await this.store();
  }

  /** Sends batch after batch until nothing waits or one must be retried later. */
  async flush(): Promise<void> {
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
    await this.sending;
  }

  /** Sends the newest batch, including `last`, while the page closes: nothing can be awaited any more. */
  flushClosing(last: readonly TrackCall[]): void {
    this.calls = [...this.calls, ...last].slice(-MAX_WAITING);
    void this.store();
    const batch = this.calls.slice(-Math.max(batchSize(this.calls), last.length));
    if (batch.length > 0) void this.deliver(batch, { isClosing: true });
  }

  /** Drops everything that waits: the player has turned telemetry off. */
  async clear(): Promise<void> {
    await this.loaded;
    this.calls = [];
    await this.store();
  }

  /** What the browser refuses to store waits as long as the page is open. */
  private store(): Promise<void> {
    return this.storage.write(this.calls).catch(() => undefined);
  }

  private async send(): Promise<void> {
    await this.loaded;
    while (this.calls.length > 0) {
      const batch = this.calls.slice(0, batchSize(this.calls));
      if ((await this.deliver(batch, { isClosing: false })) === 'retry') return;
      const sent = new Set(batch.map(({ messageId }) => messageId));
      this.calls = this.calls.filter(({ messageId }) => !sent.has(messageId));
      await this.store();
    }
  }
}
