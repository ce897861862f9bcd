// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import type { WorkerPort } from '../core/core-client';
import type { FromWorker, ToWorker } from '../core/protocol';
import { ProgressStore } from '../state/progress';
import { SettingsStore } from '../state/settings';
import { WebStorage } from '../state/web-storage';
import { Telemetry } from '../telemetry/telemetry';
import { catalogue, map } from '../testing/fixtures';
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
