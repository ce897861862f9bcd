import type { Problem } from '@keepwell/api';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { MOST_ATTEMPTS, REMEMBERED_MILLISECONDS, type Reply } from './answers';
import { sendWaiting, type Result, type Sending } from './sending';
import { inMemory } from './storage';
import { again, waiting, type NewWrite, type Write } from './write';

const OWNER = 'nia';

function problem(status: number, code = 'refused'): Reply {
  const refused: Problem = { type: 'about:blank', title: 'Refused', status, detail: '', code, hint: '' };
  return { kind: 'problem', problem: refused };
}

function made(id: string, changed: Partial<NewWrite> = {}): NewWrite {
  const common = { label: id, body: { name: id }, ifMatch: null, affects: [] };
  return { id, subject: `s-${id}`, method: 'POST', path: '/v1/things', ...common, ...changed };
}

interface Setup {
  readonly reply: (write: Write) => Reply;
  readonly theirs?: unknown;
  readonly isSignedIn?: boolean;
  readonly now?: number;
}

async function setup(writes: readonly NewWrite[], { reply, theirs, isSignedIn = true, now = 0 }: Setup) {
  const storage = inMemory();
  for (const write of writes) await storage.add(waiting(write, { owner: OWNER, at: 0 }));
  const sent: string[] = [];
  const results: [string, Result['kind']][] = [];
  const sending: Sending = {
    storage,
    owner: OWNER,
    isSignedIn: () => isSignedIn,
    attempt: (write) => {
      sent.push(write.id);
      return Promise.resolve(reply(write));
    },
    read: () => Promise.resolve(theirs === undefined ? null : { value: theirs, etag: '"9"' }),
    now: () => now,
    tell: ({ id }, { kind }) => results.push([id, kind]),
  };
  const left = async () => (await storage.all()).map(({ write }) => write);
  return { sending, sent, results, left, storage };
}

const answered: Reply = { kind: 'answer', answer: null, etag: null };

test('writes are sent in the order in which they were made, each once', async () => {
  const { sending, sent, left } = await setup([made('a'), made('b'), made('c')], { reply: () => answered });
  expect(await sendWaiting(sending)).toBe('done');
  expect(await sendWaiting(sending)).toBe('done');
  expect([sent, await left()]).toEqual([['a', 'b', 'c'], []]);
});

test('while the server cannot be reached everything waits, in its order', async () => {
  const { sending, sent, left, results } = await setup([made('a'), made('b')], { reply: () => problem(0) });
  expect(await sendWaiting(sending)).toBe('unreachable');
  expect([sent, results]).toEqual([['a'], [['a', 'waiting']]]);
  expect((await left()).map(({ id, state }) => [id, state])).toEqual([
    ['a', 'waiting'],
    ['b', 'waiting'],
  ]);
});

test('a refused write goes to the tray with its reason and blocks nothing behind it, not even its own subject', async () => {
  const subject = 'same';
  const { sending, sent, left } = await setup([made('a', { subject }), made('b', { subject })], {
    reply: ({ id }) => (id === 'a' ? problem(422) : answered),
  });
  expect(await sendWaiting(sending)).toBe('done');
  expect(sent).toEqual(['a', 'b']);
  expect(await left()).toMatchObject([{ id: 'a', state: 'refused', problem: { status: 422 } }]);
});

test('a busy server holds up the subject of the write, and nothing else', async () => {
  const subject = 'busy';
  const writes = [made('a', { subject }), made('b', { subject }), made('c')];
  const { sending, sent } = await setup(writes, {
    reply: ({ id }) => (id === 'a' ? problem(503) : answered),
  });
  expect(await sendWaiting(sending)).toBe('later');
  expect(sent).toEqual(['a', 'c']);
});

test('a write that fails the server again and again ends in the tray', async () => {
  const { sending, left } = await setup([made('a')], { reply: () => problem(500) });
  for (let round = 0; round < MOST_ATTEMPTS; round += 1) await sendWaiting(sending);
  expect(await left()).toMatchObject([{ state: 'refused', attempts: MOST_ATTEMPTS }]);
});

test('nothing is sent for a member who is not signed in any more', async () => {
  const { sending, sent } = await setup([made('a')], { reply: () => answered, isSignedIn: false });
  expect(await sendWaiting(sending)).toBe('signed-out');
  expect(sent).toEqual([]);
  const other = { ...sending, owner: 'omar', isSignedIn: () => true };
  expect(await sendWaiting(other)).toBe('done');
  expect(sent).toEqual([]);
});

test('a second change of the same subject follows on the version of the first', async () => {
  const change = { subject: 'x', method: 'PATCH', ifMatch: '"1"' } as const;
  const seen: (string | null)[] = [];
  const { sending } = await setup([made('a', change), made('b', change)], {
    reply: ({ ifMatch }) => {
      seen.push(ifMatch);
      return { kind: 'answer', answer: null, etag: '"2"' };
    },
  });
  await sendWaiting(sending);
  expect(seen).toEqual(['"1"', '"2"']);
});

test('a conflict keeps what the server has beside what was meant, and sending again replaces it', async () => {
  const change = made('a', { method: 'PATCH', ifMatch: '"1"', body: { name: 'mine' } });
  const { sending, left } = await setup([change], { reply: () => problem(412), theirs: { name: 'theirs' } });
  await sendWaiting(sending);
  const [refused] = await left();
  expect(refused).toMatchObject({ state: 'refused', theirs: { value: { name: 'theirs' }, etag: '"9"' } });
  if (refused !== undefined)
    expect(again(refused, 'a2')).toMatchObject({ id: 'a2', ifMatch: '"9"', state: 'waiting' });
});

test('a conflict with the own earlier attempt, whose answer was lost, is no conflict', async () => {
  const change = made('a', { method: 'PATCH', ifMatch: '"1"', body: { name: 'mine' } });
  let attempts = 0;
  const { sending, results, left } = await setup([change], {
    reply: () => problem((attempts += 1) === 1 ? 0 : 412),
    theirs: { id: 7, name: 'mine' },
  });
  await sendWaiting(sending);
  await sendWaiting(sending);
  expect([results.at(-1), await left()]).toEqual([['a', 'sent'], []]);
});

test('an earlier attempt had arrived if its key is known under another session, or what it deletes is gone', async () => {
  for (const [method, status, code] of [
    ['POST', 409, 'idempotency-key-reused'],
    ['DELETE', 404, 'not-found'],
  ] as const) {
    let attempts = 0;
    const reply = () => ((attempts += 1) === 1 ? problem(0) : problem(status, code));
    const { sending, results } = await setup([made('a', { method })], { reply });
    await sendWaiting(sending);
    await sendWaiting(sending);
    expect(results.at(-1)).toEqual(['a', 'sent']);
  }
});

test('a write whose first attempt is older than the memory of the server is left to the member', async () => {
  const { sending, sent, left, storage } = await setup([made('a')], {
    reply: () => answered,
    now: REMEMBERED_MILLISECONDS + 1,
  });
  const [placed] = await storage.all();
  if (placed !== undefined) await storage.change({ ...placed, write: { ...placed.write, firstTriedAt: 0 } });
  await sendWaiting(sending);
  expect([sent, await left()]).toMatchObject([[], [{ state: 'refused', problem: { code: 'uncertain' } }]]);
});

test('whatever is lost on the way, each write takes effect once and in the order of its subject', async () => {
  const faults = fc.array(fc.constantFrom('answer', 'request lost', 'answer lost', 'busy'), {
    maxLength: 40,
  });
  const subjects = fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(subjects, faults, async (of, script) => {
      const writes = of.map((subject, index) => made(String(index), { subject }));
      const effects: string[] = [];
      const reply = ({ id }: Write): Reply => {
        const fault = script.shift() ?? 'answer';
        if (fault === 'request lost') return problem(0);
        if (fault === 'busy') return problem(429);
        if (!effects.includes(id)) effects.push(id); // The server knows the key.
        return fault === 'answer lost' ? problem(0) : answered;
      };
      const { sending, left } = await setup(writes, { reply });
      for (let round = 0; round < 60 && (await left()).some(({ state }) => state === 'waiting'); round += 1)
        await sendWaiting(sending);
      const refused = (await left()).map(({ id }) => id);
      for (const subject of new Set(of)) {
        const meant = writes.filter((write) => write.subject === subject && !refused.includes(write.id));
        const done = effects.filter((id) => of[Number(id)] === subject && !refused.includes(id));
        expect(done).toEqual(meant.map(({ id }) => id));
      }
    }),
  );
});
