import { useSyncExternalStore } from 'react';

import { outbox } from './of-this-tab';
import type { OutboxView } from './outbox';

export interface OutboxHandle extends OutboxView {
  readonly retry: (id: string) => Promise<void>;
  readonly discard: (id: string) => Promise<void>;
}

const retry = (id: string) => outbox.retry(id);
const discard = (id: string) => outbox.discard(id);

/** The member's writes that wait, and those that could not be sent, in every tab the same. */
export function useOutbox(): OutboxHandle {
  const view = useSyncExternalStore(outbox.subscribe, outbox.current);
  return { ...view, retry, discard };
}

/** Sends what waits now, without waiting for the next attempt: the server has been heard of. */
export function sendWaitingWrites(): Promise<void> {
  return outbox.send();
}
