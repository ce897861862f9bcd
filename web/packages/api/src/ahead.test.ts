import { afterEach, expect, test } from 'vitest';

import { SESSION_PATH, takeAhead } from './ahead';

const PATH = '/v1/accounts?limit=1';
const ANSWER = Promise.resolve(new Response());

function asked(workspace: string | null, seconds: number) {
  const answers = new Map([PATH, SESSION_PATH].map((path) => [path, ANSWER] as const));
  globalThis.keepwellAhead = { workspace, answers, until: performance.now() + seconds * 1000 };
}

afterEach(() => {
  globalThis.keepwellAhead = undefined;
});

test('an answer that was asked ahead is taken once', () => {
  asked('one', 30);
  expect(takeAhead(PATH, 'one')).toBe(ANSWER);
  expect(takeAhead(PATH, 'one')).toBeUndefined();
});

test('what was asked for another workspace, or for none, is not taken', () => {
  asked('one', 30);
  expect(takeAhead(PATH, 'another')).toBeUndefined();
  expect(takeAhead(PATH, null)).toBeUndefined();
});

test('who is signed in is asked for every workspace', () => {
  asked('one', 30);
  expect(takeAhead(SESSION_PATH, null)).toBe(ANSWER);
});

test('what nobody took in time is too old', () => {
  asked('one', -1);
  expect(takeAhead(PATH, 'one')).toBeUndefined();
});

test('without a call ahead, nothing is taken', () => {
  expect(takeAhead(PATH, 'one')).toBeUndefined();
});
