import type { Change } from './affected';
import type { LiveStatus } from './status';

/** The changes after a version. */
export interface Page {
  readonly items: readonly Change[];
  readonly next: number;
  readonly newest: number;
}

/** How one attempt to reach the feed ended. */
export type Ended = 'closed' | 'unreachable' | 'signed-out' | 'unknown-version';

export interface Heard {
  /** The stream is open, or anything came over it. */
  readonly onHeard: () => void;
  readonly onPosition: (version: number) => void;
  readonly onChange: (change: Change) => void;
}

export interface Feed {
  /** Follows the stream until it ends. */
  readonly stream: (after: number | null, heard: Heard, signal: AbortSignal) => Promise<Ended>;
  /** The changes after a version; for null only where the feed stands. */
  readonly ask: (after: number | null, signal: AbortSignal) => Promise<Page | Ended>;
}

export interface Following {
  readonly feed: Feed;
  readonly now: () => number;
  /** Ends early when something says that the server may be back. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly onStatus: (status: LiveStatus, version: number | null) => void;
  readonly onChanges: (changes: readonly Change[], version: number) => void;
  /** Anything may have changed. */
  readonly onEverything: () => void;
}

export const ASK_EVERY = 15_000;
const FIRST_PAUSE = 1_000;
/** Pauses before the stream is tried again while the server answers, so that a proxy that cuts streams is not hammered. */
const STREAM_PAUSES = [0, FIRST_PAUSE, ASK_EVERY, 60_000, 240_000];
/** A stream that was open for less has failed, however it began; so has one over which nothing came. */
const LASTED = 10_000;

/**
 * Follows the changes feed: by the stream, and while there is none by asking. Ends when `signal` is aborted, or when the
 * session has ended. `after` is the version that is known, null for none.
 */
export async function follow(following: Following, after: number | null, signal: AbortSignal): Promise<void> {
  await new Follower(following, after, signal).run();
}

class Follower {
  private failedStreams = 0;
  private failedAsks = 0;
  private streamAgainAt = 0;
  private heardAt: number | null = null;

  constructor(
    private readonly to: Following,
    private version: number | null,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    while (!this.isOver()) {
      const isStreamDue = this.to.now() >= this.streamAgainAt;
      const ended = isStreamDue ? await this.stream() : 'closed';
      if (this.isOver() || ended === 'signed-out') return;
      if (ended === 'unknown-version') this.beginAgain();
      else if ((await this.ask()) === 'signed-out') return;
    }
  }

  private isOver(): boolean {
    return this.signal.aborted;
  }

  private async stream(): Promise<Ended> {
    const beganAt = this.to.now();
    const heardBefore = this.heardAt;
    const ended = await this.to.feed.stream(
      this.version,
      {
        onHeard: () => {
          this.failedAsks = 0;
          this.hear('live');
        },
        onPosition: (version) => {
          this.version = version;
        },
        onChange: (change) => {
          this.version = change.version;
          this.to.onChanges([change], change.version);
        },
      },
      this.signal,
    );
    const hasLasted = this.heardAt !== heardBefore && this.to.now() - beganAt >= LASTED;
    this.failedStreams = hasLasted ? 0 : this.failedStreams + 1;
    const pause = STREAM_PAUSES[Math.min(this.failedStreams, STREAM_PAUSES.length - 1)] ?? 0;
    this.streamAgainAt = this.to.now() + pause;
    return ended;
  }

  /** Asks once, then pauses; the next stream begins after what was answered. */
  private async ask(): Promise<Ended> {
    const answer = await this.to.feed.ask(this.version, this.signal);
    if (this.isOver() || answer === 'signed-out') return 'signed-out';
    if (answer === 'unknown-version') this.beginAgain();
    else if (typeof answer === 'string') await this.wait();
    else await this.take(answer);
    return 'closed';
  }

  private async take(page: Page): Promise<void> {
    this.failedAsks = 0;
    const isFirst = this.version === null;
    this.hear('asking');
    this.version = isFirst ? page.newest : page.next;
    if (!isFirst && page.items.length > 0) this.to.onChanges(page.items, page.next);
    const isComplete = isFirst || page.next >= page.newest;
    const pause = Math.min(ASK_EVERY, Math.max(0, this.streamAgainAt - this.to.now()));
    if (isComplete) await this.to.pause(pause, this.signal);
  }

  private async wait(): Promise<void> {
    // One refused connection is no outage, and saying so moves the page under whoever is reading.
    if (this.failedAsks > 0) this.to.onStatus({ state: 'offline', heardAt: this.heardAt }, this.version);
    const pause = Math.min(ASK_EVERY, FIRST_PAUSE * 2 ** this.failedAsks);
    this.failedAsks += 1;
    this.streamAgainAt = 0;
    await this.to.pause(pause, this.signal);
  }

  /** The database was restored from a backup. */
  private beginAgain(): void {
    this.version = null;
    this.to.onEverything();
  }

  private hear(state: 'live' | 'asking'): void {
    this.heardAt = this.to.now();
    this.to.onStatus({ state, heardAt: this.heardAt }, this.version);
  }
}
