import type { Problem } from '@keepwell/api';

import { isOwnEarlierAttempt, isUncertain, UNCERTAIN, verdict, type Reply } from './answers';
import type { OutboxStorage } from './storage';
import { followingOn, nextToSend, type Placed, type Version, type Write } from './write';

/** How the sending of one write ended, or why it goes on waiting. */
export type Result =
  | { readonly kind: 'sent'; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly problem: Problem; readonly theirs: Version | null }
  | { readonly kind: 'waiting' };

/** How a round of sending ended. */
export type Round = 'done' | 'unreachable' | 'signed-out' | 'later';

export interface Sending {
  readonly storage: OutboxStorage;
  readonly owner: string;
  /** Whether `owner` is still signed in, as far as this browser knows: a write must not go out under another session. */
  readonly isSignedIn: (owner: string) => boolean;
  readonly attempt: (write: Write) => Promise<Reply>;
  /** The subject of a write as the server has it; null if that cannot be read. */
  readonly read: (write: Write) => Promise<Version | null>;
  readonly now: () => number;
  readonly tell: (write: Write, result: Result) => void;
}

/**
 * Sends what waits, one after the other. A refused write stays for the tray and the next is sent. Only one tab may be
 * in here at a time; `storage` is read again for each write, because others add and remove.
 */
export async function sendWaiting(sending: Sending): Promise<Round> {
  const held = new Set<string>();
  for (;;) {
    const writes = await sending.storage.all();
    if (!sending.isSignedIn(sending.owner)) return 'signed-out';
    const next = nextToSend(writes, { owner: sending.owner, held });
    if (next === undefined) return held.size === 0 ? 'done' : 'later';
    const ended = await sendOne(sending, next);
    if (ended === 'unreachable' || ended === 'signed-out') return ended;
    if (ended === 'later') held.add(next.write.subject);
  }
}

async function sendOne(sending: Sending, { place, write: found }: Placed): Promise<Round> {
  const { storage, now, attempt, tell } = sending;
  if (isUncertain(found, now())) return refuse(sending, { place, write: found }, UNCERTAIN);
  // Noted before it is sent: if this page ends meanwhile, the next attempt knows that it may have arrived.
  const write = { ...found, attempts: found.attempts + 1, firstTriedAt: found.firstTriedAt ?? now() };
  const placed = { place, write };
  await storage.change(placed);
  const said = verdict(write, await attempt(write));
  switch (said.kind) {
    case 'sent':
      return finish(sending, placed, said);
    case 'refused':
      return refuse(sending, placed, said.problem);
    case 'conflict':
      return settle(sending, placed, said.problem);
    case 'unreachable':
    case 'signed-out':
    case 'later':
      tell(write, { kind: 'waiting' });
      return said.kind;
  }
}

async function finish(
  { storage, tell }: Sending,
  sent: Placed,
  { answer, etag }: { readonly answer: unknown; readonly etag: string | null },
): Promise<Round> {
  for (const each of followingOn(await storage.all(), { sent, etag })) await storage.change(each);
  await storage.remove(sent);
  tell(sent.write, { kind: 'sent', answer });
  return 'done';
}

async function refuse(
  { storage, tell }: Sending,
  { place, write }: Placed,
  problem: Problem,
  theirs: Version | null = null,
): Promise<Round> {
  await storage.change({ place, write: { ...write, state: 'refused', problem, theirs } });
  tell(write, { kind: 'refused', problem, theirs });
  return 'done';
}

/** Somebody has changed the subject: another member, or an earlier attempt of this very write. */
async function settle(sending: Sending, placed: Placed, problem: Problem): Promise<Round> {
  const theirs = await sending.read(placed.write);
  if (theirs !== null && isOwnEarlierAttempt(placed.write, theirs))
    return finish(sending, placed, { answer: theirs.value, etag: theirs.etag });
  return refuse(sending, placed, problem, theirs);
}
