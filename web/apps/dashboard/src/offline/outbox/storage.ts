import { promisifyRequest } from 'idb-keyval';

import { lazyStore } from '../browser/database';
import type { Placed, Write } from './write';

/** Where writes wait, in the order in which they were added, over all tabs. */
export interface OutboxStorage {
  readonly all: () => Promise<readonly Placed[]>;
  readonly add: (write: Write) => Promise<number>;
  /** Changes a write that is still there; one that another tab has removed stays removed. */
  readonly change: (placed: Placed) => Promise<void>;
  /** Removes this very write: its place may have been taken by another one. */
  readonly remove: (placed: Placed) => Promise<void>;
  readonly clear: () => Promise<void>;
  /** Whether the writes survive the page. */
  readonly isDurable: () => boolean;
}

/** IndexedDB; the page's memory where that is refused, so that writes can be sent at least while the page is open. */
export function outboxStorage(name: string): OutboxStorage {
  const [disk, memory] = [onDisk(name), inMemory()];
  let isRefused = false;
  const either = async <Value>(run: (storage: OutboxStorage) => Promise<Value>): Promise<Value> => {
    if (!isRefused) {
      try {
        return await run(disk);
      } catch {
        isRefused = true;
      }
    }
    return run(memory);
  };
  return {
    all: () => either((storage) => storage.all()),
    add: (write) => either((storage) => storage.add(write)),
    change: (placed) => either((storage) => storage.change(placed)),
    remove: (place) => either((storage) => storage.remove(place)),
    clear: () => either((storage) => storage.clear()),
    isDurable: () => !isRefused,
  };
}

function onDisk(name: string): OutboxStorage {
  const store = lazyStore(name);
  const run = async <Value>(
    mode: IDBTransactionMode,
    work: (entries: IDBObjectStore) => PromiseLike<Value>,
  ): Promise<Value> => store()(mode, work);
  return {
    all: () =>
      run('readonly', async (entries) => {
        const [places, writes] = await Promise.all([
          promisifyRequest(entries.getAllKeys()),
          promisifyRequest<Write[]>(entries.getAll()),
        ]);
        return writes.map((write, index) => ({ place: Number(places[index]), write }));
      }),
    add: (write) =>
      run('readwrite', async (entries) => {
        // Within one transaction: no other tab can take the same place.
        const place = Number((await promisifyRequest(entries.getAllKeys())).at(-1) ?? 0) + 1;
        entries.put(write, place);
        await promisifyRequest(entries.transaction);
        return place;
      }),
    change: ({ place, write }) =>
      run('readwrite', async (entries) => {
        if (!(await holds(entries, { place, write }))) return;
        entries.put(write, place);
        await promisifyRequest(entries.transaction);
      }),
    remove: (placed) =>
      run('readwrite', async (entries) => {
        if (!(await holds(entries, placed))) return;
        entries.delete(placed.place);
        await promisifyRequest(entries.transaction);
      }),
    clear: () =>
      run('readwrite', (entries) => {
        entries.clear();
        return promisifyRequest(entries.transaction);
      }),
    isDurable: () => true,
  };
}

async function holds(entries: IDBObjectStore, { place, write }: Placed): Promise<boolean> {
  const found = await promisifyRequest<Write | undefined>(entries.get(place));
  return found?.id === write.id;
}

export function inMemory(): OutboxStorage {
  const writes = new Map<number, Write>();
  let last = 0;
  return {
    all: () => Promise.resolve([...writes].map(([place, write]) => ({ place, write }))),
    add: (write) => {
      writes.set((last += 1), write);
      return Promise.resolve(last);
    },
    change: ({ place, write }) => {
      if (writes.get(place)?.id === write.id) writes.set(place, write);
      return Promise.resolve();
    },
    remove: ({ place, write }) => {
      if (writes.get(place)?.id === write.id) writes.delete(place);
      return Promise.resolve();
    },
    clear: () => {
      writes.clear();
      return Promise.resolve();
    },
    isDurable: () => false,
  };
}
