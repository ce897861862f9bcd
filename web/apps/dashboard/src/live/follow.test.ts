import { expect, test } from 'vitest';

import type { Change } from './affected';
import { ASK_EVERY, follow, type Ended, type Heard, type Page } from './follow';

const change = (version: number): Change => ({ version, kind: 'accounts', record_id: `r${version}` });

interface Script {
  /** One entry for each time that the stream is opened. */
  readonly streams?: ((heard: Heard, after: number | null) => Ended)[];
  /** One entry for each time that is asked. When all are used up, following ends. */
  readonly asks?: ((after: number | null) => Page | Ended)[];
  readonly after?: number | null;
  /** How long each stream is open. */
  readonly streamsLast?: number;
}

/** Follows by a clock that moves only in pauses; says in words what happened. */
async function followed({ streams = [], asks = [], after = null, streamsLast = 0 }: Script) {
  const said: string[] = [];
  const stop = new AbortController();
  let now = 100_000;
  await follow(
    {
      feed: {
        stream: (from, heard) => {
          said.push(`stream ${from}`);
          now += streamsLast;
          return Promise.resolve(streams.shift()?.(heard, from) ?? 'unreachable');
        },
        ask: (from) => {
          said.push(`ask ${from}`);
          const ask = asks.shift();
          if (asks.length === 0) stop.abort();
          return Promise.resolve(ask?.(from) ?? 'unreachable');
        },
      },
      now: () => now,
      pause: (milliseconds) => {
        said.push(`pause ${milliseconds / 1000}`);
        now += milliseconds;
        return Promise.resolve();
      },
      onStatus: ({ state }) => {
        if (said.at(-1) !== state) said.push(state);
      },
      onChanges: (changes) => {
        said.push(`changed ${changes.map(({ version }) => version).join(' ')}`);
      },
      onEverything: () => {
        said.push('everything');
      },
    },
    after,
    stop.signal,
  );
  return said;
}

const nothingNew = (after: number | null): Page => ({ items: [], next: after ?? 0, newest: after ?? 0 });

test('changes of the stream are passed on, and after a cut the stream goes on where it was', async () => {
  const said = await followed({
    streams: [
      (heard) => {
        heard.onHeard();
        heard.onPosition(7);
        heard.onChange(change(8));
        return 'closed';
      },
      () => 'unreachable',
    ],
    asks: [nothingNew, nothingNew],
  });
  expect(said.slice(0, 4)).toEqual(['stream null', 'live', 'changed 8', 'ask 8']);
  expect(said).toContain('stream 8');
});

test('while there is no stream, changes are asked for every 15 seconds', async () => {
  const said = await followed({
    after: 4,
    asks: [
      nothingNew,
      nothingNew,
      (after) => ({ items: [change(5)], next: 5, newest: after ?? 0 }),
      nothingNew,
    ],
  });
  const from = said.indexOf('pause 15');
  expect(said.slice(from, from + 4)).toEqual(['pause 15', 'stream 4', 'ask 4', 'asking']);
  expect(said.join()).toContain('ask 4,asking,changed 5');
  expect(ASK_EVERY).toBe(15_000);
});

test('an unreachable server is tried in ever longer pauses of at most 15 seconds', async () => {
  const said = await followed({
    after: 4,
    asks: Array.from({ length: 7 }, () => () => 'unreachable' as const),
  });
  expect(said.filter((each) => each.startsWith('pause'))).toEqual(
    ['1', '2', '4', '8', '15', '15'].map((seconds) => `pause ${seconds}`),
  );
  expect(said).toContain('offline');
});

test('one failed attempt is no outage; two are', async () => {
  const failed = () => 'unreachable' as const;
  const said = await followed({
    after: 4,
    asks: [failed, nothingNew, failed, failed, nothingNew, nothingNew],
  });
  const states = said.filter((each) => ['offline', 'asking'].includes(each));
  expect(states).toEqual(['asking', 'offline', 'asking']);
});

test('many changes are read page after page without a pause', async () => {
  const said = await followed({
    after: 0,
    asks: [
      () => ({ items: [change(1)], next: 1, newest: 2 }),
      () => ({ items: [change(2)], next: 2, newest: 2 }),
      nothingNew,
    ],
  });
  expect(said.filter((each) => /ask \d|changed|pause/.test(each)).slice(0, 4)).toEqual([
    'ask 0',
    'changed 1',
    'ask 1',
    'changed 2',
  ]);
});

test('after the database was restored from a backup, everything is read again', async () => {
  const said = await followed({ after: 9, streams: [() => 'unknown-version'], asks: [nothingNew] });
  expect(said.slice(0, 3)).toEqual(['stream 9', 'everything', 'ask null']);
});

test('following ends with the session', async () => {
  expect(await followed({ streams: [() => 'signed-out'], asks: [nothingNew] })).toEqual(['stream null']);
  expect(await followed({ after: 1, asks: [() => 'signed-out', nothingNew] })).toEqual(['stream 1', 'ask 1']);
});

test('streams that say nothing, as behind a proxy that collects what is sent, are tried ever less often', async () => {
  const said = await followed({
    after: 4,
    streamsLast: 10_000,
    asks: Array.from({ length: 8 }, () => nothingNew),
  });
  const asksBetweenStreams = said
    .join()
    .split('stream 4')
    .slice(1)
    .map((each) => each.split('ask 4').length - 1);
  expect(asksBetweenStreams.slice(0, 3)).toEqual([1, 1, 4]);
});
