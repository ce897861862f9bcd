import type { QueryClient } from '@tanstack/react-query';

import { feed } from './feed';
import { heardInBrowser } from './heard';
import { Live } from './live';
import { STARTING, type LiveStatus } from './status';

let live: Live | null = null;

export interface LiveOptions {
  readonly onReturn: () => Promise<unknown>;
}

/** Prepares the live data of this tab, before its first page is shown; `start` and `stop` it with the session. */
export function createLive(client: QueryClient, { onReturn }: LiveOptions): Live {
  const made = new Live({
    feed,
    onReturn,
    heard: heardInBrowser,
    refresh: (keys) => refresh(client, keys),
    onSignedOut: () => void client.invalidateQueries({ queryKey: ['session'] }),
  });
  window.addEventListener('online', () => {
    made.wake();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') made.wake();
  });
  client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success' && event.action.manual !== true)
      made.wake();
  });
  live = made;
  return made;
}

/** A hidden tab asks again when it is looked at. */
async function refresh(client: QueryClient, keys: readonly (readonly unknown[])[] | null): Promise<void> {
  const refetchType = document.visibilityState === 'hidden' ? 'none' : 'active';
  const filters = keys === null ? [{}] : keys.map((queryKey) => ({ queryKey }));
  await Promise.all(filters.map((filter) => client.invalidateQueries({ ...filter, refetchType })));
}

export function subscribe(watcher: () => void): () => void {
  return live?.subscribe(watcher) ?? (() => undefined);
}

export function current(): LiveStatus {
  return live?.current() ?? STARTING;
}
