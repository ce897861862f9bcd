import { get, set } from 'idb-keyval';

import type { TelemetryEvent } from '../core/protocol';
import { randomId, type SettingsStore } from '../state/settings';
import { trackCall, type TrackCall } from './calls';
import { EventQueue, type Delivery, type QueueStorage } from './event-queue';

const STORAGE_KEY = 'bulwark.telemetry';
/** What was told goes out after so many milliseconds, together. */
const SEND_AFTER = 1_000;
const TRY_AGAIN_AFTER = 15_000;
const CLIENT_ERRORS = 400;
const SERVER_ERRORS = 500;
const TOO_MANY = 429;

const storage: QueueStorage = {
  read: async () => (await get<readonly TrackCall[]>(STORAGE_KEY)) ?? [],
  write: (calls) => set(STORAGE_KEY, calls),
};

/** What a session came to, which its end tells. */
interface Tally {
  readonly began: number;
  matches: number;
  wins: number;
}

/** Tells the server's own intake what happens in the matches, where the player allows it. */
export class Telemetry {
  private readonly queue: EventQueue;
  private stopFollowing: () => void = () => undefined;
  private timer: number | undefined;
  private readonly tally: Tally = { began: Date.now(), matches: 0, wins: 0 };

  constructor(
    private readonly settings: SettingsStore,
    private readonly writeKey: string,
  ) {
    this.queue = new EventQueue(storage, (calls, { isClosing }) => this.post(calls, isClosing));
  }

  /** Sends what an earlier visit could not; to be ended by `close`. */
  open(): void {
    this.stopFollowing = this.settings.subscribe(this.heed);
    window.addEventListener('online', this.flush);
    window.addEventListener('pagehide', this.end);
    this.flush();
  }

  tell(events: readonly TelemetryEvent[]): void {
    this.tally.matches += events.filter(({ event }) => event === 'match_started').length;
    this.tally.wins += events.filter(({ event }) => event === 'match_won').length;
    const calls = this.calls(events);
    if (calls.length === 0) return;
    void this.queue.add(calls).then(() => {
      this.sendAfter(SEND_AFTER);
    });
  }

  close(): void {
    this.end();
    this.stopFollowing();
    window.removeEventListener('online', this.flush);
    window.removeEventListener('pagehide', this.end);
    window.clearTimeout(this.timer);
  }

  /** Where the player has switched it off, what was not sent is forgotten. */
  private readonly heed = (): void => {
    if (this.settings.get().telemetry === 'off' && this.queue.waiting > 0) void this.queue.clear();
  };

  private readonly flush = (): void => {
    void this.queue.flush().then(() => {
      if (this.queue.waiting > 0) this.sendAfter(TRY_AGAIN_AFTER);
    });
  };

  private readonly end = (): void => {
    const { began, matches, wins } = this.tally;
    if (matches === 0) return;
    const seconds = Math.round((Date.now() - began) / 1_000);
    const properties = { seconds, matches, wins, source: 'person' };
    this.tally.matches = 0;
    this.queue.flushClosing(this.calls([{ event: 'session_ended', properties }]));
  };

  private sendAfter(milliseconds: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.flush, milliseconds);
  }

  private calls(events: readonly TelemetryEvent[]): readonly TrackCall[] {
    const { telemetry, anonymousId, playAs } = this.settings.get();
    if (telemetry !== 'on' || anonymousId === null) return [];
    const at = new Date();
    return events.map((event) =>
      trackCall(event, { anonymousId, account: playAs }, { messageId: randomId(), at }),
    );
  }

  private async post(batch: readonly TrackCall[], isClosing: boolean): Promise<Delivery> {
    const body = { batch, sentAt: new Date().toISOString(), writeKey: this.writeKey };
    try {
      const { status } = await fetch('/v1/batch', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        keepalive: isClosing,
      });
      if (status < CLIENT_ERRORS) return 'taken';
      return status === TOO_MANY || status >= SERVER_ERRORS ? 'later' : 'refused';
    } catch {
      return 'later'; // Offline: the queue holds it, and `online` or the timer brings it.
    }
  }
}
