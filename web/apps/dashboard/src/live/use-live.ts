import { useSyncExternalStore } from 'react';

import { ageOf, type Age } from './age';
import { current, subscribe } from './of-this-tab';
import type { LiveStatus } from './status';

/** Whether changes arrive by themselves, and since when the server has not been heard of; in every tab the same. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(subscribe, current);
}

/** How old the data of a query are, by its `dataUpdatedAt`; null if there are none. */
export function useAge(query: { readonly dataUpdatedAt: number }): Age | null {
  const { state } = useLiveStatus();
  return ageOf(query.dataUpdatedAt, { isOffline: state === 'offline' });
}
