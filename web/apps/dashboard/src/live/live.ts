import { affectedKeys, type Change } from './affected';
import { follow, type Feed } from './follow';
import { Pauses } from './pauses';
import { inRounds } from './rounds';
import { STARTING, type LiveStatus } from './status';

const NAME = 'keepwell-live';
/** Between two rounds of asking again for what has changed. */
const ROUND = 500;
/** The time of the last sign of the server is stored this often. */
const NOTE_EVERY = 10_000;
const SIGNED_OUT_PAUSE = 15_000;

export interface LiveParts {
  readonly feed: Feed;
  /** Asks again for the queries below these keys; for null for all. */
  readonly refresh: (keys: readonly (readonly unknown[])[] | null) => Promise<unknown>;
  /** The server can be reached again, before everything is asked for again. */
  readonly onReturn: () => Promise<unknown>;
  readonly onSignedOut: () => void;
  /** When the server was last heard of, over restarts of the browser. */
  readonly heard: { readonly read: () => number | null; readonly write: (at: number) => void };
}

type Message =
  | { readonly type: 'changes'; readonly changes: readonly Change[]; readonly version: number }
  | { readonly type: 'everything' }
  | { readonly type: 'status'; readonly status: LiveStatus; readonly version: number | null }
  /** From a tab that has just begun. */
  | { readonly type: 'hello' }
  /** From a tab that has reached the server while the leader believes that it cannot be. */
  | { readonly type: 'wake' };

/**
 * Keeps the pages of one tab up to date. Of all tabs of a browser one leads: it alone is connected, and tells the others
 * what it hears. When it closes, another one leads, from the version that all know. Where the browser cannot choose a
 * leader, each tab asks by itself, without a stream: the streams of six tabs would take every connection that a browser
 * opens to one server, and nothing would be answered any more.
 */
export class Live {
  private status = STARTING;
  private version: number | null = null;
  private isLeading = false;
  private noted = 0;
  private running: AbortController | null = null;
  private readonly pauses = new Pauses();
  private readonly watchers = new Set<() => void>();
  private readonly channel: BroadcastChannel | null;
  private readonly handle: (changes: readonly Change[]) => void;

  constructor(private readonly parts: LiveParts) {
    this.channel = canLead() ? new BroadcastChannel(NAME) : null;
    if (this.channel !== null)
      this.channel.onmessage = ({ data }: MessageEvent<Message>) => {
        this.receive(data);
      };
    this.handle = inRounds((changes) => this.parts.refresh(affectedKeys(changes)), paused, ROUND);
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly current = (): LiveStatus => this.status;

  /** A member is signed in. */
  start(): void {
    if (this.running !== null) return;
    const { signal } = (this.running = new AbortController());
    this.channel?.postMessage({ type: 'hello' } satisfies Message);
    if (this.channel === null) void this.lead(signal);
    // Rejects when it is aborted while it waits.
    else navigator.locks.request(NAME, { signal }, () => this.lead(signal)).catch(() => undefined);
  }

  /** Nobody is signed in any more. */
  stop(): void {
    this.running?.abort();
    this.running = null;
    this.version = null;
    this.show(STARTING);
  }

  /** The server has answered, or the network is back: do not wait for the next attempt. */
  wake(): void {
    if (this.status.state !== 'offline') return;
    if (this.isLeading) this.pauses.end();
    else this.channel?.postMessage({ type: 'wake' } satisfies Message);
  }

  private async lead(signal: AbortSignal): Promise<void> {
    this.isLeading = true;
    do {
      await follow(
        {
          feed: this.channel === null ? withoutStream(this.parts.feed) : this.parts.feed,
          now: Date.now,
          pause: this.pauses.pause,
          onStatus: (status, version) => {
            this.tell({ type: 'status', status, version });
          },
          onChanges: (changes, version) => {
            this.tell({ type: 'changes', changes, version });
          },
          onEverything: () => {
            this.tell({ type: 'everything' });
          },
        },
        this.version,
        signal,
      );
      await this.askWhoIsSignedIn(signal);
    } while (!signal.aborted);
    this.isLeading = false;
  }

  private async askWhoIsSignedIn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.parts.onSignedOut();
    await this.pauses.pause(SIGNED_OUT_PAUSE, signal);
  }

  private tell(message: Message): void {
    this.channel?.postMessage(message);
    this.receive(message);
  }

  private receive(message: Message): void {
    switch (message.type) {
      case 'changes':
        this.version = message.version;
        this.handle(message.changes);
        break;
      case 'everything':
        this.version = null;
        void this.parts.refresh(null);
        break;
      case 'status':
        this.version = message.version;
        if (this.running !== null) this.show(message.status);
        break;
      case 'hello':
        if (this.isLeading) this.tell({ type: 'status', status: this.status, version: this.version });
        break;
      case 'wake':
        if (this.isLeading) this.pauses.end();
        break;
    }
  }

  private show(status: LiveStatus): void {
    const isBack = this.status.state === 'offline' && (status.state === 'live' || status.state === 'asking');
    this.status = { ...status, heardAt: status.heardAt ?? this.parts.heard.read() };
    if (status.heardAt !== null && status.heardAt - this.noted >= NOTE_EVERY) {
      this.noted = status.heardAt;
      this.parts.heard.write(this.noted);
    }
    for (const watcher of this.watchers) watcher();
    // What has no place in the feed may have changed too.
    if (isBack) void this.parts.onReturn().then(() => this.parts.refresh(null));
  }
}

function withoutStream({ ask }: Feed): Feed {
  return { ask, stream: () => Promise.resolve('closed') };
}

function canLead(): boolean {
  const { locks } = navigator as { readonly locks?: LockManager | null };
  return 'BroadcastChannel' in globalThis && Boolean(locks);
}

function paused(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
