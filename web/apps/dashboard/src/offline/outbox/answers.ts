import type { Problem } from '@keepwell/api';

import { isContained, type Version, type Write } from './write';

/** The server keeps the answer of an Idempotency-Key for a day; an hour is left for clocks that differ. */
export const REMEMBERED_MILLISECONDS = 23 * 3_600_000;
/** After so many answers of a failing server, a write goes to the tray, and the others go on. */
export const MOST_ATTEMPTS = 8;

/** What the server said to one attempt; status 0 if there was no answer. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: unknown; readonly etag: string | null }
  | { readonly kind: 'problem'; readonly problem: Problem };

export type Verdict =
  /** It has taken effect. Without an answer if an earlier attempt had arrived. */
  | { readonly kind: 'sent'; readonly answer: unknown; readonly etag: string | null }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'conflict'; readonly problem: Problem }
  /** Nobody answers: every write waits. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed-out' }
  /** The server has no time or fails: the writes of this subject wait. */
  | { readonly kind: 'later'; readonly problem: Problem };

/** What follows from the reply to an attempt of `write`; `attempts` counts this one. */
export function verdict(write: Write, reply: Reply): Verdict {
  if (reply.kind === 'answer') return { kind: 'sent', answer: reply.answer, etag: reply.etag };
  const { problem } = reply;
  const mayHaveArrived = write.attempts > 1;
  if (problem.status === 0) return { kind: 'unreachable' };
  if (problem.status === 401 || problem.code === 'another-workspace') return { kind: 'signed-out' };
  if (problem.status === 412) return { kind: 'conflict', problem };
  if (mayHaveArrived && hasArrived(write, problem)) return { kind: 'sent', answer: undefined, etag: null };
  const isTransient = problem.status === 429 || problem.status >= 500;
  if (isTransient && write.attempts < MOST_ATTEMPTS) return { kind: 'later', problem };
  return { kind: 'refused', problem };
}

function hasArrived({ method }: Write, { status, code }: Problem): boolean {
  // A key is remembered with the session that used it: after another sign-in, this is the answer to the same request.
  return code === 'idempotency-key-reused' || (method === 'DELETE' && status === 404);
}

/** Whether a conflict is only this write's own earlier attempt, whose answer was lost. */
export function isOwnEarlierAttempt(write: Write, theirs: Version): boolean {
  return write.attempts > 1 && isContained(write.body, theirs.value);
}

/** Whether sending again could make the change twice: an attempt had no answer, and the server may have forgotten its key. */
export function isUncertain(write: Write, now: number): boolean {
  const { firstTriedAt, method } = write;
  return method === 'POST' && firstTriedAt !== null && now - firstTriedAt > REMEMBERED_MILLISECONDS;
}

export const UNCERTAIN: Problem = {
  type: 'about:blank',
  title: 'It is not known whether this was saved',
  status: 0,
  detail: 'It was sent more than a day ago, and no answer came.',
  code: 'uncertain',
  hint: 'Look whether the change is there. If not, try again.',
};

export const DISCARDED: Problem = {
  type: 'about:blank',
  title: 'Not sent',
  status: 0,
  detail: 'The change was discarded before it was sent.',
  code: 'discarded',
  hint: '',
};

export const NOBODY: Problem = {
  type: 'about:blank',
  title: 'Not saved',
  status: 401,
  detail: 'Nobody is signed in.',
  code: 'signed-out-here',
  hint: 'Sign in, then make the change again.',
};
