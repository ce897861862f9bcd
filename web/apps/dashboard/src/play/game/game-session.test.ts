// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import type { WorkerPort } from '../core/core-client';
import type { FromWorker, ToWorker } from '../core/protocol';
import { ProgressStore } from '../state/progress';
import { SettingsStore } from '../state/settings';
import { WebStorage } from '../state/web-storage';
import { Telemetry } from '../telemetry/telemetry';
import { catalogue, map, snapshotNumbers } from '../testing/fixtures';
import { GameSession } from './game-session';
import { Keeper } from './keeper';
import { Saves, type SlotStorage } from './saves';

/** A worker that notes the messages it receives, and answers every question with a save. */
class Port implements WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror = null;
  readonly told: string[] = [];
  terminate = () => undefined;

  postMessage(message: ToWorker) {
    this.told.push(message.type);
    if (message.type === 'ask') this.say({ type: 'answer', id: message.id, value: Uint8Array.of(1) });
  }

  say(data: FromWorker) {
    this.onmessage?.(new MessageEvent('message', { data }));
  }
}

const storage = new WebStorage();
const settings = new SettingsStore(storage);
const profile = { storage, settings, progress: new ProgressStore(storage) };
const loadedMap = { map, text: '' };
let port: Port;

/** Slots in memory, and what deleting waits for. */
function slotsInMemory(deleting: Promise<void> = Promise.resolve()) {
  const values = new Map<string, unknown>();
  const storage: SlotStorage = {
    entries: () => Promise.resolve([...values]),
    update: (key, change) => {
      values.set(key, change(values.get(key)));
      return Promise.resolve();
    },
    del: async (key) => {
      await deleting;
      values.delete(key);
    },
  };
  return { values, storage };
}

function checkpoint(opening: number): FromWorker {
  return { type: 'checkpoint', opening, wave: 1, save: Uint8Array.of(1) };
}

async function settled() {
  await new Promise((resolve) => setTimeout(resolve));
}

/** A session in a match, whose saves go to the storage. */
function inMatch(slots: SlotStorage): GameSession {
  const session = new GameSession('', profile, new Telemetry(settings, null), new Keeper(new Saves(slots)));
  session.open(port);
  port.say({ type: 'ready', catalogue });
  session.start(loadedMap, 1);
  return session;
}

beforeEach(() => {
  port = new Port();
});

test.each([true, false])('a match that is left does not go on in the worker (saved: %s)', async (saving) => {
  const none = {
    entries: () => Promise.resolve([]),
    update: () => Promise.resolve(),
    del: () => Promise.resolve(),
  };
  const session = inMatch(none);
  await session.leave({ saving });
  expect(session.activeMatch.get()).toBeNull();
  expect(port.told).toContain('leave');
});

test('a match that the browser does not keep is not left, but can be given up', async () => {
  const refuse = () => Promise.reject(new Error('denied'));
  const session = inMatch({ entries: refuse, update: refuse, del: refuse });
  await session.leave({ saving: true });
  expect(session.activeMatch.get()).not.toBeNull();
  expect(session.keeper.trouble.get()).toBe('This browser does not keep matches: denied.');
  expect(port.told).not.toContain('leave');
  await session.leave({ saving: false });
  expect(session.activeMatch.get()).toBeNull();
});

test('what arrives from a match while it is given up brings it back neither as kept nor as won', async () => {
  let finish: () => void = () => undefined;
  const { values, storage: slots } = slotsInMemory(new Promise((resolve) => (finish = resolve)));
  const session = inMatch(slots);
  await session.save();
  const left = session.leave({ saving: false });
  port.say(checkpoint(1));
  port.say({ type: 'report', opening: 1, refused: [], events: [{ event: 'match_won', properties: {} }] });
  await session.save();
  finish();
  await left;
  await settled();
  expect(values.size).toBe(0);
  expect(profile.progress.get()).toEqual({});
});

test('what arrives late from the match before is neither kept as this one nor shown', async () => {
  const { values, storage: slots } = slotsInMemory();
  const session = inMatch(slots);
  session.start(loadedMap, 2);
  port.say(checkpoint(1));
  port.say({
    type: 'snapshot',
    opening: 1,
    numbers: snapshotNumbers({ score: { gold: 7 } }),
    ticks: 1,
    spent: 0,
  });
  await settled();
  expect(values.size).toBe(0);
  expect(session.activeMatch.get()?.state.timeline.latest).toBeNull();
  port.say(checkpoint(2));
  await settled();
  expect(values.size).toBe(1);
});

test('a match that is opened again does not end with what it said before', () => {
  const session = inMatch(slotsInMemory().storage);
  const kept = { map: 'meadow', name: 'one', difficulty: 1, wave: 1, saves: [Uint8Array.of(1)] };
  const slot = { ...kept, checkpoint: null, savedAt: 0, holder: '' };
  session.resume(loadedMap, slot);
  session.resume(loadedMap, slot);
  const lost = snapshotNumbers({ score: { outcome: 2 } });
  port.say({ type: 'snapshot', opening: 2, numbers: lost, ticks: 1, spent: 0 });
  expect(session.activeMatch.get()?.state.hud.get().stats.outcome).toBe('playing');
});
