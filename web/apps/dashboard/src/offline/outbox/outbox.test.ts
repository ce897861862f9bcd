// @vitest-environment happy-dom
import type { Problem } from '@keepwell/api';
import { expect, test, vi } from 'vitest';

import { Outbox } from './outbox';
import type { Result } from './sending';
import { inMemory } from './storage';
import type { NewWrite } from './write';

const WRITE: NewWrite = {
  ...{ id: 'a', subject: 's', label: 'Rename', method: 'PATCH', path: '/v1/things/1' },
  ...{ body: { name: 'Nia' }, ifMatch: null, affects: [] },
};

function opened({ isSignedIn = true } = {}) {
  const storage = inMemory();
  const sent: string[] = [];
  const outbox = new Outbox({
    storage,
    attempt: ({ id }) => {
      sent.push(id);
      return Promise.resolve({ kind: 'answer', answer: null, etag: null });
    },
    read: () => Promise.resolve(null),
    isSignedIn: () => isSignedIn,
    now: () => 0,
  });
  return { outbox, sent, storage };
}

test('what is written after the session has ended is sent when its member signs in again', async () => {
  const { outbox, sent } = opened();
  await outbox.openFor('nia');
  await outbox.openFor(null);
  const results: Result['kind'][] = [];
  await outbox.add(WRITE, ({ kind }) => results.push(kind));
  expect(sent).toEqual([]);
  await outbox.openFor('nia');
  await vi.waitFor(() => {
    expect([sent, results]).toEqual([['a'], ['sent']]);
  });
});

test('what is written when nobody is signed in is refused, and does not wait for nobody', async () => {
  const { outbox, storage } = opened();
  let problem: Problem | undefined;
  await outbox.add(WRITE, (result) => {
    if (result.kind === 'refused') ({ problem } = result);
  });
  expect(problem).toMatchObject({ status: 401, detail: 'Nobody is signed in.' });
  expect(await storage.all()).toEqual([]);
});

test('a write whose member is signed out waits, and somebody is asked who is signed in', async () => {
  const { outbox, sent, storage } = opened({ isSignedIn: false });
  const asked = vi.fn();
  outbox.onSignedOut = asked;
  await outbox.openFor('nia');
  await outbox.add(WRITE, () => undefined);
  await vi.waitFor(() => {
    expect(asked).toHaveBeenCalled();
  });
  expect(sent).toEqual([]);
  expect(await storage.all()).toHaveLength(1);
});
