import { expect, test } from 'vitest';

import { batchSize, storedCalls, trackCall, type TrackCall } from './calls';
import { EventQueue, type Delivery, type QueueStorage } from './event-queue';

function call(messageId: string, filler = ''): TrackCall {
  const event = { event: 'tower_built', properties: { filler } };
  return trackCall(event, { anonymousId: 'p-1', account: null }, { messageId, at: new Date(0) });
}

class Memory implements QueueStorage {
  constructor(public stored: readonly TrackCall[] = []) {}
  read = () => Promise.resolve(this.stored);
  write = (calls: readonly TrackCall[]) => {
    this.stored = calls;
    return Promise.resolve();
  };
}

/** Answers one batch after the other as given; the last answer repeats. */
function server(...answers: readonly Delivery[]) {
  const batches: string[][] = [];
  const deliver = (calls: readonly TrackCall[]) => {
    batches.push(calls.map(({ messageId }) => messageId));
    return Promise.resolve(answers[batches.length - 1] ?? answers.at(-1) ?? 'accepted');
  };
  return { batches, deliver };
}

test('accepted calls are removed from the storage', async () => {
  const [storage, { batches, deliver }] = [new Memory(), server('accepted')];
  const queue = new EventQueue(storage, deliver);
  await queue.add([call('1'), call('2')]);
  await queue.flush();
  expect([batches, storage.stored]).toEqual([[['1', '2']], []]);
});

test('calls are stored while the server is unreachable, and sent on the next visit with the same ids', async () => {
  const storage = new Memory();
  const offline = new EventQueue(storage, server('retry').deliver);
  await offline.add([call('1')]);
  await offline.flush();
  const { batches, deliver } = server('accepted');
  const next = new EventQueue(storage, deliver);
  await next.add([call('2')]);
  await next.flush();
  expect([batches, storage.stored]).toEqual([[['1', '2']], []]);
});

test('a rejected batch is dropped and the next one is sent', async () => {
  const { batches, deliver } = server('rejected', 'accepted');
  const queue = new EventQueue(new Memory(), deliver);
  const large = 'x'.repeat(15_000);
  await queue.add([call('1', large), call('2', large)]);
  await queue.flush();
  expect([batches, queue.waiting]).toEqual([[['1'], ['2']], 0]);
});

test('concurrent flushes send nothing twice', async () => {
  const { batches, deliver } = server('accepted');
  const queue = new EventQueue(new Memory(), deliver);
  await queue.add([call('1')]);
  await Promise.all([queue.flush(), queue.flush()]);
  expect(batches).toEqual([['1']]);
});

test('calls added while the page closes are sent at once and stay stored until accepted', async () => {
  const [storage, { batches, deliver }] = [new Memory(), server('accepted')];
  const queue = new EventQueue(storage, deliver);
  await queue.add([call('1')]);
  queue.flushClosing([call('end')]);
  expect(batches).toEqual([['1', 'end']]);
  expect(storage.stored.map(({ messageId }) => messageId)).toEqual(['1', 'end']);
});

test('turning telemetry off drops the waiting calls', async () => {
  const storage = new Memory([call('1')]);
  const queue = new EventQueue(storage, server('accepted').deliver);
  await queue.clear();
  expect([queue.waiting, storage.stored]).toEqual([0, []]);
});

test('a call names the account the player plays as, if there is one', () => {
  const event = { event: 'match_won', properties: { map: 'meadow' } };
  const at = { messageId: 'm', at: new Date('2026-01-02T03:04:05Z') };
  const played = trackCall(event, { anonymousId: 'p', account: 'A-7' }, at);
  expect([played.userId, played.context.groupId, played.timestamp]).toEqual([
    'A-7',
    'A-7',
    '2026-01-02T03:04:05.000Z',
  ]);
  const alone = trackCall(event, { anonymousId: 'p', account: null }, at);
  expect('userId' in alone || 'groupId' in alone.context).toBe(false);
});

test('a batch has at least one call and fits into what a closing page may send', () => {
  expect(batchSize([])).toBe(0);
  expect(batchSize([call('1', 'x'.repeat(100_000))])).toBe(1);
  const many = Array.from({ length: 1_000 }, (_, number) => call(`${number}`));
  expect(JSON.stringify(many.slice(0, batchSize(many))).length).toBeLessThan(64_000);
});

test('events are sent even if the browser stores none', async () => {
  const refused = () => Promise.reject(new Error('denied'));
  const { batches, deliver } = server('accepted');
  const queue = new EventQueue({ read: refused, write: refused }, deliver);
  await queue.add([call('1')]);
  await queue.flush();
  expect(batches).toEqual([['1']]);
});

test.each([undefined, null, 7, 'x', { calls: 1 }, [null], [{ type: 'track' }]])(
  'what is stored but no list of calls (%j) is none',
  (stored) => {
    expect(storedCalls(stored)).toEqual([]);
  },
);

test('stored calls are found again', () => {
  expect(storedCalls([call('1')])).toEqual([call('1')]);
});
