import { expect, test, vi } from 'vitest';

import { Live, type LiveParts } from './live';

function parts() {
  const feed = {
    stream: vi.fn<LiveParts['feed']['stream']>(() => new Promise(() => undefined)),
    ask: vi.fn<LiveParts['feed']['ask']>(() => Promise.resolve({ items: [], next: 7, newest: 7 })),
  };
  const made: LiveParts = {
    feed,
    refresh: () => Promise.resolve(),
    onReturn: () => Promise.resolve(),
    onSignedOut: () => undefined,
    heard: { read: () => null, write: () => undefined },
  };
  return { feed, made };
}

test('where the browser cannot choose a leader, a tab asks and takes no connection for a stream', async () => {
  vi.stubGlobal('navigator', {});
  const { feed, made } = parts();
  const live = new Live(made);
  live.start();
  await vi.waitFor(() => {
    expect(live.current().state).toBe('asking');
  });
  live.stop();
  expect(feed.ask).toHaveBeenCalled();
  expect(feed.stream).not.toHaveBeenCalled();
});
