import type { QueryKey } from '@tanstack/react-query';

import { newId } from '../browser/ids';
import { DISCARDED, NOBODY, type Reply } from './answers';
import { sendWaiting, type Result, type Round } from './sending';
import type { OutboxStorage } from './storage';
import { again, ordered, waiting, type NewWrite, type Placed, type Version, type Write } from './write';

/** Pauses between rounds while something waits: the first ones short, the last one from then on. */
const PAUSES = [1_000, 2_000, 5_000, 15_000];
const LOCK = 'keepwell-outbox';
const CHANNEL = 'keepwell-outbox';

export interface OutboxParts {
  readonly storage: OutboxStorage;
  readonly attempt: (write: Write) => Promise<Reply>;
  readonly read: (write: Write) => Promise<Version | null>;
  readonly isSignedIn: (owner: string) => boolean;
  readonly now: () => number;
}

/** What `useOutbox` shows. */
export interface OutboxView {
  readonly waiting: readonly Write[];
  readonly refused: readonly Write[];
  /** False if the writes that wait are lost with this page, because the browser refuses storage. */
  readonly isDurable: boolean;
}

type Message =
  | {
      readonly type: 'ended';
      readonly id: string;
      readonly result: Result;
      readonly affects: readonly QueryKey[];
    }
  | { readonly type: 'looked' };

const EMPTY: OutboxView = { waiting: [], refused: [], isDurable: true };

/** The writes of this browser that wait to be sent; each tab has one, and all show the same. */
export class Outbox {
  /** Called in every tab when a write has ended, with the queries that it affects. */
  onEnded: (affects: readonly QueryKey[]) => void = () => undefined;
  /** Called when a write could not be sent because its member is signed out: somebody has to ask who is signed in. */
  onSignedOut: () => void = () => undefined;
  private owner: string | null = null;
  /** The member of these pages, also after the session has ended: what they still write waits for that member. */
  private writer: string | null = null;
  private view = EMPTY;
  private failedRounds = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly watchers = new Set<() => void>();
  private readonly results = new Map<string, (result: Result) => void>();
  private readonly channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;

  constructor(private readonly parts: OutboxParts) {
    if (this.channel !== null)
      this.channel.onmessage = ({ data }: MessageEvent<Message>) => {
        this.hear(data);
      };
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly current = (): OutboxView => this.view;

  /** Shows and sends the writes of this member from now on; of nobody for null. */
  async openFor(owner: string | null): Promise<void> {
    this.owner = owner;
    this.writer = owner ?? this.writer;
    await this.look();
    if (owner !== null && this.view.waiting.length > 0) void this.send();
  }

  /** Stores a write and sends it; `onResult` hears each result, the last one is `sent` or `refused`. */
  async add(write: NewWrite, onResult: (result: Result) => void): Promise<void> {
    const owner = this.writer;
    if (owner === null) {
      onResult({ kind: 'refused', problem: NOBODY, theirs: null });
      return;
    }
    this.results.set(write.id, onResult);
    await this.parts.storage.add(waiting(write, { owner, at: this.parts.now() }));
    await this.lookEverywhere();
    void this.send();
  }

  /** Sends what waits, unless another tab is doing so. */
  async send(): Promise<void> {
    clearTimeout(this.timer);
    const { owner } = this;
    if (owner === null) return;
    const round = await alone(() => sendWaiting({ ...this.parts, owner, tell: this.tell }));
    await this.lookEverywhere();
    this.sendLater(round);
  }

  /** Sends a refused write again, behind those that wait; over a conflict, it replaces what the server has. */
  async retry(id: string): Promise<void> {
    const found = await this.find(id);
    if (found === undefined) return;
    await this.parts.storage.add(again(found.write, newId(this.parts.now())));
    await this.parts.storage.remove(found);
    await this.lookEverywhere();
    void this.send();
  }

  /** Removes a write that has not been sent. */
  async discard(id: string): Promise<void> {
    const found = await this.find(id);
    if (found === undefined) return;
    await this.take(found);
    this.tell(found.write, { kind: 'refused', problem: DISCARDED, theirs: null });
  }

  /** Removes a refused write from the tray without another word: a page shows it itself. */
  async takeOver(id: string): Promise<void> {
    const found = await this.find(id);
    if (found !== undefined) await this.take(found);
  }

  /** Removes everything, of every member. */
  async erase(): Promise<void> {
    this.writer = null;
    await this.parts.storage.clear();
    await this.lookEverywhere();
  }

  private async take(placed: Placed): Promise<void> {
    await this.parts.storage.remove(placed);
    await this.lookEverywhere();
  }

  private async find(id: string): Promise<Placed | undefined> {
    return (await this.parts.storage.all()).find(({ write }) => write.id === id);
  }

  private sendLater(round: Round): void {
    if (round === 'done' || round === 'signed-out') {
      this.failedRounds = 0;
      if (round === 'signed-out') this.onSignedOut();
      return;
    }
    const pause = PAUSES[Math.min(this.failedRounds, PAUSES.length - 1)] ?? 0;
    this.failedRounds += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), pause);
  }

  private readonly tell = ({ id, affects }: Write, result: Result): void => {
    const message: Message = { type: 'ended', id, result, affects };
    this.channel?.postMessage(message);
    this.hear(message);
  };

  private hear(message: Message): void {
    if (message.type === 'looked') {
      void this.look();
      return;
    }
    const { id, result, affects } = message;
    this.results.get(id)?.(result);
    if (result.kind === 'waiting') return;
    this.results.delete(id);
    this.onEnded(affects);
  }

  private async lookEverywhere(): Promise<void> {
    this.channel?.postMessage({ type: 'looked' } satisfies Message);
    await this.look();
  }

  private async look(): Promise<void> {
    const writes = ordered(await this.parts.storage.all())
      .map(({ write }) => write)
      .filter(({ owner }) => owner === this.owner);
    this.view = {
      waiting: writes.filter(({ state }) => state === 'waiting'),
      refused: writes.filter(({ state }) => state === 'refused'),
      isDurable: this.parts.storage.isDurable(),
    };
    for (const watcher of this.watchers) watcher();
  }
}

/** Runs while no other tab does. Without Web Locks, two tabs may send the same; the server takes it once. */
async function alone(run: () => Promise<Round>): Promise<Round> {
  const { locks } = navigator as { readonly locks?: LockManager | null };
  return locks ? locks.request(LOCK, run) : run();
}
