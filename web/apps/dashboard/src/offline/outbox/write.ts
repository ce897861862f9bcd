import type { Problem } from '@keepwell/api';
import type { QueryKey } from '@tanstack/react-query';

/** A change that a member made on a page, as it waits to be sent. Plain data: it survives a restart of the browser. */
export interface Write {
  /** Made by this browser; also the Idempotency-Key of each attempt. */
  readonly id: string;
  /** The member who made it: nobody else's session sends it. */
  readonly owner: string;
  /** What it changes. Writes of one subject are sent in the order in which they were made. */
  readonly subject: string;
  /** What it does, in words for the tray. */
  readonly label: string;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
  /** The version that the member saw; null if any will do. */
  readonly ifMatch: string | null;
  /** The queries that show the changed subject. */
  readonly affects: readonly QueryKey[];
  readonly madeAt: number;
  readonly state: 'waiting' | 'refused';
  readonly attempts: number;
  /** When the first attempt was made: without an answer to it, it may have taken effect. Null before. */
  readonly firstTriedAt: number | null;
  /** Why the server refused it. */
  readonly problem: Problem | null;
  /** What the server has, if somebody else changed the subject meanwhile. */
  readonly theirs: Version | null;
}

/** A subject as the server has it, and the ETag by which it can be changed. */
export interface Version {
  readonly value: unknown;
  readonly etag: string | null;
}

/** A write and its place in the order of all. */
export interface Placed {
  readonly place: number;
  readonly write: Write;
}

export type NewWrite = Omit<
  Write,
  'owner' | 'madeAt' | 'state' | 'attempts' | 'firstTriedAt' | 'problem' | 'theirs'
>;

export function waiting(write: NewWrite, made: { readonly owner: string; readonly at: number }): Write {
  const { owner, at: madeAt } = made;
  return {
    ...write,
    owner,
    madeAt,
    state: 'waiting',
    attempts: 0,
    firstTriedAt: null,
    problem: null,
    theirs: null,
  };
}

/** The first write that may be sent now; undefined if there is none. */
export function nextToSend(
  writes: readonly Placed[],
  { owner, held }: { readonly owner: string; readonly held: ReadonlySet<string> },
): Placed | undefined {
  return ordered(writes).find(
    ({ write }) => write.owner === owner && write.state === 'waiting' && !held.has(write.subject),
  );
}

export function ordered(writes: readonly Placed[]): readonly Placed[] {
  return writes.toSorted((one, other) => one.place - other.place);
}

/** The later writes of the same subject that were made on the same version: they follow on the one that was sent. */
export function followingOn(
  writes: readonly Placed[],
  { sent, etag }: { readonly sent: Placed; readonly etag: string | null },
): readonly Placed[] {
  const { subject, ifMatch, owner } = sent.write;
  if (etag === null || ifMatch === null) return [];
  return writes
    .filter(
      ({ place, write }) =>
        place > sent.place && write.subject === subject && write.owner === owner && write.ifMatch === ifMatch,
    )
    .map(({ place, write }) => ({ place, write: { ...write, ifMatch: etag } }));
}

/** Sends a refused write again; over a conflict, with the version that the server has. */
export function again(write: Write, id: string): Write {
  const ifMatch = write.theirs === null ? write.ifMatch : write.theirs.etag;
  return {
    ...write,
    id,
    ifMatch,
    state: 'waiting',
    attempts: 0,
    firstTriedAt: null,
    problem: null,
    theirs: null,
  };
}

/** Whether the server already has everything that `body` says: an earlier attempt had arrived. */
export function isContained(body: unknown, value: unknown): boolean {
  if (typeof body !== 'object' || body === null) return Object.is(body, value);
  if (typeof value !== 'object' || value === null || Array.isArray(body) !== Array.isArray(value))
    return false;
  if (Array.isArray(body) && body.length !== (value as readonly unknown[]).length) return false;
  const there = value as Readonly<Record<string, unknown>>;
  return Object.entries(body).every(([name, mine]) => isContained(mine, there[name]));
}
