// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { Notices, NOTICE_MILLISECONDS } from './notices';

function clock() {
  const waiting: (() => void)[] = [];
  const timer = {
    start: (run: () => void, milliseconds: number) => {
      expect(milliseconds).toBe(NOTICE_MILLISECONDS);
      return waiting.push(run) - 1;
    },
    stop: (index: unknown) => {
      waiting[Number(index)] = () => undefined;
    },
  };
  return {
    timer,
    pass: () => {
      waiting.forEach((run) => {
        run();
      });
    },
  };
}

function removal() {
  const did: string[] = [];
  const later = {
    undoLabel: 'Undo',
    run: () => Promise.resolve(did.push('removed')),
    undone: () => did.push('kept'),
  };
  return { did, later };
}

test('what cannot be taken back is done after eight seconds, once', () => {
  const { timer, pass } = clock();
  const notices = new Notices(timer);
  const { did, later } = removal();
  notices.doLater('Member removed', later);
  expect(did).toEqual([]);
  pass();
  dispatchEvent(new Event('pagehide'));
  expect(did).toEqual(['removed']);
  expect(notices.shown).toEqual([]);
});

test('what was undone in time is not done', () => {
  const { timer, pass } = clock();
  const notices = new Notices(timer);
  const { did, later } = removal();
  notices.doLater('Member removed', later);
  notices.shown[0]?.action?.run();
  pass();
  expect(did).toEqual(['kept']);
});

test('leaving the page does at once what was waiting', () => {
  const { timer } = clock();
  const { did, later } = removal();
  new Notices(timer).doLater('Member removed', later);
  dispatchEvent(new Event('pagehide'));
  expect(did).toEqual(['removed']);
});

test('before somebody signs out, what was waiting is done, and not again later', async () => {
  const { timer, pass } = clock();
  const notices = new Notices(timer);
  const { did, later } = removal();
  notices.doLater('Member removed', later);
  await notices.doNow();
  expect(did).toEqual(['removed']);
  pass();
  expect(did).toEqual(['removed']);
});

test('a server that does not answer holds up nobody who signs out', async () => {
  const { timer, pass } = clock();
  const notices = new Notices(timer);
  const { later } = removal();
  notices.doLater('Member removed', { ...later, run: () => new Promise(() => undefined) });
  const done = notices.doNow();
  pass();
  await expect(done).resolves.toBeUndefined();
});
