import { get, set } from 'idb-keyval';

import type { TelemetryEvent } from '../core/protocol';
import { randomId, type SettingsStore } from '../state/settings';
import { storedCalls, trackCall, type TrackCall } from './calls';
import { EventQueue, type Delivery, type QueueStorage } from './event-queue';

const STORAGE_KEY = 'bulwark.telemetry';
/** Milliseconds to collect events before they are sent together. */
const SEND_AFTER = 1_000;
const RETRY_AFTER = 15_000;
const CLIENT_ERRORS = 400;
const SERVER_ERRORS = 500;
const TOO_MANY_REQUESTS = 429;

const storage: QueueStorage = {
  read: async () => storedCalls(await get(STORAGE_KEY)),
  write: (calls) => set(STORAGE_KEY, calls),
};

/** Totals of the visit, for `session_ended`. */
interface SessionTotals {
  /** By the page's own clock: the machine's may be set meanwhile. */
  readonly startedAt: number;
  matches: number;
  wins: number;
}

/** Sends the events of matches to the server's own intake, if the player allows it. */
export class Telemetry {
  private readonly queue: EventQueue;
  private unsubscribe: () => void = () => undefined;
  private timer: number | undefined;
  private readonly totals: SessionTotals = { startedAt: performance.now(), matches: 0, wins: 0 };

  constructor(
    private readonly settings: SettingsStore,
    /** Null for a member who may not write: nothing is sent then. */
    private readonly writeKey: string | null,
  ) {
    this.queue = new EventQueue(storage, (calls, { isClosing }) => this.post(calls, isClosing));
  }

  /** Sends what an earlier visit could not. Call `close` at the end. */
  open(): void {
    this.unsubscribe = this.settings.subscribe(this.onSettings);
    window.addEventListener('online', this.flush);
    window.addEventListener('pagehide', this.end);
    this.flush();
  }

  track(events: readonly TelemetryEvent[]): void {
    this.totals.matches += events.filter(({ event }) => event === 'match_started').length;
    this.totals.wins += events.filter(({ event }) => event === 'match_won').length;
    const calls = this.calls(events);
    if (calls.length === 0) return;
    void this.queue.add(calls).then(() => {
      this.sendAfter(SEND_AFTER);
    });
  }

  close(): void {
    this.end();
    this.unsubscribe();
    window.removeEventListener('online', this.flush);
    window.removeEventListener('pagehide', this.end);
    window.clearTimeout(this.timer);
  }

  /** When the player turns telemetry off, the events that wait are dropped. */
  private readonly onSettings = (): void => {
    if (this.settings.get().telemetry === 'off' && this.queue.waiting > 0) void this.queue.clear();
  };

  private readonly flush = (): void => {
    void this.queue.flush().then(() => {
      if (this.queue.waiting > 0) this.sendAfter(RETRY_AFTER);
    });
  };

  private readonly end = (): void => {
    const { startedAt, matches, wins } = this.totals;
    if (matches === 0) return;
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const properties = { seconds, matches, wins, source: 'person' };
    this.totals.matches = 0;
    this.queue.flushClosing(this.calls([{ event: 'session_ended', properties }]));
  };

  private sendAfter(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.flush, milliseconds);
  }

  private calls(events: readonly TelemetryEvent[]): readonly TrackCall[] {
    const { telemetry, anonymousId, playAs } = this.settings.get();
    if (telemetry !== 'on' || anonymousId === null || this.writeKey === null) return [];
    const at = new Date();
    return events.map((event) =>
      trackCall(event, { anonymousId, account: playAs }, { messageId: randomId(), at }),
    );
  }

  private async post(batch: readonly TrackCall[], isClosing: boolean): Promise<Delivery> {
    if (this.writeKey === null) return 'rejected';
    const body = { batch, sentAt: new Date().toISOString(), writeKey: this.writeKey };
    try {
      const { status } = await fetch('/v1/batch', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        keepalive: isClosing,
      });
      if (status < CLIENT_ERRORS) return 'accepted';
      return status === TOO_MANY_REQUESTS || status >= SERVER_ERRORS ? 'retry' : 'rejected';
    } catch {
      return 'retry'; // Offline: the queue keeps it until `online` or the timer sends it.
    }
  }
}
