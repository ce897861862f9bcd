import { ApiError, exchange, type Endpoint } from '@keepwell/api';
import * as v from 'valibot';

import { workspaceOf } from '../browser/reader';
import type { Reply } from './answers';
import type { Version, Write } from './write';

/** How long one attempt may take: then it counts as unanswered, so that a network that swallows requests stops nobody. */
const PATIENCE = 20_000;

/** Sends a write once. */
export async function attempt(write: Write): Promise<Reply> {
  const { id: idempotencyKey, ifMatch, method, path, body } = write;
  const endpoint: Endpoint<unknown> = { method, path, body: body ?? undefined, schema: v.unknown() };
  try {
    const workspace = workspaceOf(write.owner);
    const { answer, etag } = await exchange(endpoint, {
      idempotencyKey,
      ifMatch,
      workspace,
      signal: inTime(),
    });
    return { kind: 'answer', answer, etag };
  } catch (error) {
    return { kind: 'problem', problem: error instanceof ApiError ? error.problem : UNANSWERED };
  }
}

/** Reads the subject of a write from where it was changed; null if it cannot be read. */
export async function read({ path, owner }: Write): Promise<Version | null> {
  const endpoint: Endpoint<unknown> = { method: 'GET', path, schema: v.unknown() };
  try {
    const { answer: value, etag } = await exchange(endpoint, {
      workspace: workspaceOf(owner),
      signal: inTime(),
    });
    return { value, etag };
  } catch {
    return null; // Then the conflict is shown without what the server has.
  }
}

function inTime(): AbortSignal {
  return AbortSignal.timeout(PATIENCE);
}

const UNANSWERED = {
  type: 'about:blank',
  title: 'Keepwell is not responding',
  status: 0,
  detail: 'No answer came in time.',
  code: 'unreachable',
  hint: '',
};
