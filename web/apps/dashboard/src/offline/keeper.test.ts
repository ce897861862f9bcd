// @vitest-environment happy-dom
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Table } from './browser/database';
import { forgetReader, keepFor, keepForNobody } from './browser/reader';
import { Keeper } from './keeper';

const KEY = ['accounts', {}];
const HASH = '["accounts",{}]';

function tableOf(entries: Map<string, unknown>): Table {
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value) => {
      entries.set(key, value);
      return Promise.resolve();
    },
    keys: () => Promise.resolve([...entries.keys()]),
    remove: (key) => Promise.resolve(entries.delete(key)).then(() => undefined),
    clear: () => {
      entries.clear();
      return Promise.resolve();
    },
  };
}

function opened(entries: Map<string, unknown>, build = 'b1') {
  const client = new QueryClient();
  const keeper = new Keeper(client, tableOf(entries), build);
  keeper.start();
  return { client, keeper };
}

/** A page that asks for the accounts; the server never answers. */
function looked(client: QueryClient) {
  const observer = new QueryObserver(client, {
    queryKey: KEY,
    queryFn: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', reject);
      }),
  });
  return observer.subscribe(() => undefined);
}

async function keptBy(owner: string): Promise<Map<string, unknown>> {
  const entries = new Map<string, unknown>();
  keepFor(owner);
  const { client } = opened(entries);
  client.setQueryData(KEY, 'rows');
  client.setQueryData(['tokens'], 'secret');
  await vi.waitFor(() => {
    expect([...entries.keys()]).toEqual([HASH]);
  });
  client.clear();
  return entries;
}

beforeEach(forgetReader);
afterEach(forgetReader);

test('an answer is shown again in the next visit, as one to be asked for again', async () => {
  const { client } = opened(await keptBy('nia'));
  looked(client);
  await vi.waitFor(() => {
    expect(client.getQueryData(KEY)).toBe('rows');
  });
  expect(client.getQueryState(KEY)).toMatchObject({ isInvalidated: true, fetchStatus: 'fetching' });
});

test('a request that is cut off does not take with it what was restored', async () => {
  const { client } = opened(await keptBy('nia'));
  const leave = looked(client);
  await vi.waitFor(() => {
    expect(client.getQueryData(KEY)).toBe('rows');
  });
  leave();
  expect(client.getQueryData(KEY)).toBeUndefined();
  looked(client);
  await vi.waitFor(() => {
    expect(client.getQueryData(KEY)).toBe('rows');
  });
});

test('nothing is shown to another member, to nobody, or before it is known who is signed in', async () => {
  const entries = await keptBy('nia');
  const shown = [];
  for (const enter of [
    () => {
      keepFor('omar');
    },
    keepForNobody,
    forgetReader,
  ]) {
    enter();
    const { client, keeper } = opened(entries);
    looked(client);
    await keeper.restore(HASH);
    shown.push(client.getQueryData(KEY));
  }
  expect(shown).toEqual([undefined, undefined, undefined]);
});

test('an answer that is newer than the one on disk stays', async () => {
  const { client, keeper } = opened(await keptBy('nia'));
  client.setQueryData(KEY, 'newer rows');
  await keeper.restore(HASH);
  expect(client.getQueryData(KEY)).toBe('newer rows');
});

test('an answer that arrives after signing out is not kept', async () => {
  const entries = new Map<string, unknown>();
  keepFor('nia');
  const { client } = opened(entries);
  client.setQueryData(KEY, 'rows');
  keepForNobody();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(entries.size).toBe(0);
});

test('what nobody will read again is deleted', async () => {
  const entries = await keptBy('nia');
  await opened(entries, 'b2').keeper.prune();
  expect(entries.size).toBe(0);
});
