import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { outboxStorage } from './storage';
import { waiting, type Write } from './write';

function write(id: string): Write {
  const made = { id, subject: 's', label: id, path: '/', body: {}, ifMatch: null, affects: [] };
  return waiting({ ...made, method: 'POST' }, { owner: 'nia', at: 0 });
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('writes survive the page in the order in which all tabs made them', async () => {
  const [one, other] = [outboxStorage('outbox'), outboxStorage('outbox')];
  await Promise.all(['a', 'b', 'c', 'd'].map((id, index) => (index % 2 === 0 ? one : other).add(write(id))));
  const found = await outboxStorage('outbox').all();
  expect(found.map(({ place }) => place)).toEqual([1, 2, 3, 4]);
  expect(new Set(found.map(({ write: { id } }) => id))).toEqual(new Set(['a', 'b', 'c', 'd']));
  expect(one.isDurable()).toBe(true);
});

test('a write that was discarded meanwhile is neither changed back nor taken for another in its place', async () => {
  const storage = outboxStorage('outbox');
  await storage.add(write('a'));
  const [placed] = await storage.all();
  if (placed === undefined) throw new Error('nothing was stored');
  await storage.remove(placed);
  await storage.change(placed);
  expect(await storage.all()).toEqual([]);
  await storage.add(write('b'));
  await storage.change(placed);
  await storage.remove(placed);
  expect((await storage.all()).map(({ write: { id } }) => id)).toEqual(['b']);
});

test('where storage is refused, writes wait in the page', async () => {
  vi.stubGlobal('indexedDB', {
    open: () => {
      throw new DOMException('refused', 'SecurityError');
    },
  });
  const storage = outboxStorage('outbox');
  await storage.add(write('a'));
  expect((await storage.all()).map(({ write: { id } }) => id)).toEqual(['a']);
  expect(storage.isDurable()).toBe(false);
});
