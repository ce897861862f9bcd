import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { silentStream } from './silent-stream';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function opened(signal: AbortSignal) {
  const reader = silentStream(signal).body?.getReader();
  if (reader === undefined) throw new Error('The stream has no body');
  return async () => new TextDecoder().decode((await reader.read()).value);
}

test('a stream says where it begins, then sends comments as a living one does', async () => {
  const read = opened(new AbortController().signal);
  expect(await read()).toContain('"version":0');
  vi.advanceTimersByTime(15_000);
  expect(await read()).toBe(':\n\n');
});

test('a stream ends when whoever follows it gives up', async () => {
  const follower = new AbortController();
  const read = opened(follower.signal);
  await read();
  follower.abort(new Error('enough'));
  await expect(read()).rejects.toThrow('enough');
  expect(vi.getTimerCount()).toBe(0);
});
