import { ApiError, endSession, send } from '@keepwell/api';
import type { QueryClient } from '@tanstack/react-query';

import { outbox } from './outbox/of-this-tab';
import { forgetReader, hasLeft, keepForNobody } from './browser/reader';
import { forgetEverything, queriesTable, sayReaderChanged } from './shared';

/** How long signing out waits for the server before it goes on without. */
const PATIENCE = 5_000;

/**
 * Ends the session and erases what this browser keeps: the answers on disk, and what waits to be sent. Without the
 * server, the session is ended there as soon as it can be reached, and nobody is signed in here until then.
 */
export async function signOut(client: QueryClient): Promise<void> {
  if (await isTold()) forgetReader();
  else keepForNobody();
  await Promise.all([queriesTable().clear(), outbox.erase()]);
  sayReaderChanged('left');
  await forgetEverything(client);
}

async function isTold(): Promise<boolean> {
  try {
    await send(endSession(), { signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false; // Told later, by `endIfLeft`.
  }
}

/** Ends the session of a member who signed out here without the server. Rejects as signed out if that still fails. */
export async function endIfLeft(): Promise<void> {
  if (!hasLeft()) return;
  try {
    await send(endSession());
  } catch (cause) {
    throw new ApiError(LEFT, { cause });
  }
  forgetReader();
}

const LEFT = {
  type: 'about:blank',
  title: 'You are signed out',
  status: 401,
  detail: 'You signed out in this browser while the server could not be reached.',
  code: 'signed-out-here',
  hint: 'Sign in again when it can be.',
};
