import { expect, test } from 'vitest';

import { batchSize, trackCall, type TrackCall } from './calls';
import { EventQueue, type Delivery, type QueueStorage } from './event-queue';

function call(messageId: string, filler = ''): TrackCall {
  const event = { event: 'tower_built', properties: { filler } };
  return trackCall(event, { anonymousId: 'p-1', account: null }, { messageId, at: new Date(0) });
}

class Memory implements QueueStorage {
  constructor(public kept: readonly TrackCall[] = []) {}
  read = () => Promise.resolve(this.kept);
  write = (calls: readonly TrackCall[]) => {
    this.kept = calls;
    return Promise.resolve();
  };
}

/** Delivers as told, one answer a batch; the last one for all that follow. */
function server(...answers: readonly Delivery[]) {
  const batches: string[][] = [];
  const deliver = (calls: readonly TrackCall[]) => {
    batches.push(calls.map(({ messageId }) => messageId));
    return Promise.resolve(answers[batches.length - 1] ?? answers.at(-1) ?? 'taken');
  };
  return { batches, deliver };
}

test('what was taken is no longer kept', async () => {
  const [storage, { batches, deliver }] = [new Memory(), server('taken')];
  const queue = new EventQueue(storage, deliver);
  await queue.add([call('1'), call('2')]);
  await queue.flush();
  expect([batches, storage.kept]).toEqual([[['1', '2']], []]);
});

test('while the server cannot be reached calls are kept, and another visit sends them under the same ids', async () => {
  const storage = new Memory();
  const offline = new EventQueue(storage, server('later').deliver);
  await offline.add([call('1')]);
  await offline.flush();
  const { batches, deliver } = server('taken');
  const next = new EventQueue(storage, deliver);
  await next.add([call('2')]);
  await next.flush();
  expect([batches, storage.kept]).toEqual([[['1', '2']], []]);
});

test('a batch that the server refuses is given up, and the next one is sent', async () => {
  const { batches, deliver } = server('refused', 'taken');
  const queue = new EventQueue(new Memory(), deliver);
  const large = 'x'.repeat(15_000);
  await queue.add([call('1', large), call('2', large)]);
  await queue.flush();
  expect([batches, queue.waiting]).toEqual([[['1'], ['2']], 0]);
});

test('two flushes at once send nothing twice', async () => {
  const { batches, deliver } = server('taken');
  const queue = new EventQueue(new Memory(), deliver);
  await queue.add([call('1')]);
  await Promise.all([queue.flush(), queue.flush()]);
  expect(batches).toEqual([['1']]);
});

test('what is told while the page closes goes out at once and is kept until it was taken', async () => {
  const [storage, { batches, deliver }] = [new Memory(), server('taken')];
  const queue = new EventQueue(storage, deliver);
  await queue.add([call('1')]);
  queue.flushClosing([call('end')]);
  expect(batches).toEqual([['1', 'end']]);
  expect(storage.kept.map(({ messageId }) => messageId)).toEqual(['1', 'end']);
});

test('what was not sent is forgotten with the switch', async () => {
  const storage = new Memory([call('1')]);
  const queue = new EventQueue(storage, server('taken').deliver);
  await queue.clear();
  expect([queue.waiting, storage.kept]).toEqual([0, []]);
});

test('a call is of the account that the player plays as, and of nobody without one', () => {
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

test('a batch has at least one call, and no more than a closing page may send', () => {
  expect(batchSize([])).toBe(0);
  expect(batchSize([call('1', 'x'.repeat(100_000))])).toBe(1);
  const many = Array.from({ length: 1_000 }, (_, number) => call(`${number}`));
  expect(JSON.stringify(many.slice(0, batchSize(many))).length).toBeLessThan(64_000);
});
