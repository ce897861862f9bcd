import { useSyncExternalStore } from 'react';

import { texts } from '../../texts';
import { notices } from './notices';

/** What is going to be done when its eight seconds are over, by key, so that its row can show it on every page. */
let waiting: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function change(waits: (keys: Set<string>) => void): void {
  const keys = new Set(waiting);
  waits(keys);
  waiting = keys;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface Later {
  /** Names the row: nothing is done twice to it at the same time. */
  readonly key: string;
  /** Says what was done, such as "Nia removed". */
  readonly text: string;
  readonly run: () => Promise<unknown>;
}

/** Does something that cannot be taken back in eight seconds, unless the reader undoes it. */
export function doLater({ key, text, run }: Later): void {
  if (waiting.has(key)) return;
  change((keys) => keys.add(key));
  const forget = () => {
    change((keys) => keys.delete(key));
  };
  notices.doLater(text, {
    undoLabel: texts.common.undo,
    run: () => run().finally(forget),
    undone: forget,
  });
}

/** The keys of what waits. */
export function useLater(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => waiting);
}

/** The class of a row for which something waits. */
export function useBusyRow(): (row: { readonly id: string }) => string | undefined {
  const keys = useLater();
  return ({ id }) => (keys.has(id) ? 'row-busy' : undefined);
}
