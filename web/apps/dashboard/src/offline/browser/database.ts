import { clear, createStore, del, get, keys, set, type UseStore } from 'idb-keyval';

/**
 * A table of IndexedDB that may be refused, as in some private windows or on a full disk. Reads give undefined then and
 * writes are left out, so that the pages go on working with the server alone.
 */
export interface Table {
  readonly get: (key: string) => Promise<unknown>;
  readonly set: (key: string, value: unknown) => Promise<void>;
  readonly keys: () => Promise<readonly string[]>;
  readonly remove: (key: string) => Promise<void>;
  readonly clear: () => Promise<void>;
}

export function openTable(name: string): Table {
  const store = lazyStore(name);
  return {
    get: (key) => unlessRefused(() => get(key, store()), undefined),
    set: (key, value) => unlessRefused(() => set(key, value, store()), undefined),
    keys: () => unlessRefused(() => keys<string>(store()), []),
    remove: (key) => unlessRefused(() => del(key, store()), undefined),
    clear: () => unlessRefused(() => clear(store()), undefined),
  };
}

/** Opened at the first use: opening throws at once where storage is refused. */
export function lazyStore(name: string): () => UseStore {
  let store: UseStore | undefined;
  return () => (store ??= createStore(name, 'entries'));
}

async function unlessRefused<Value>(read: () => Promise<Value>, otherwise: Value): Promise<Value> {
  try {
    return await read();
  } catch {
    return otherwise; // Keeping is a convenience: without it every answer comes from the server.
  }
}
