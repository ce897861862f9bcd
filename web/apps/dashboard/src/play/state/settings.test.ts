// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import { DEFAULT_SETTINGS, parseSettings, SettingsStore } from './settings';

beforeEach(() => {
  localStorage.clear();
});

test('telemetry is off until the player has chosen', () => {
  const settings = new SettingsStore(localStorage).get();
  expect([settings.telemetry, settings.anonymousId]).toEqual(['unasked', null]);
});

test('a choice is stored, with a random id that lasts until telemetry is turned off', () => {
  const store = new SettingsStore(localStorage);
  store.chooseTelemetry(true);
  const id = store.get().anonymousId;
  expect(id).toMatch(/^[0-9a-f]{24}$/);
  expect(new SettingsStore(localStorage).get().anonymousId).toBe(id);
  store.chooseTelemetry(false);
  expect(new SettingsStore(localStorage).get().anonymousId).toBeNull();
  store.chooseTelemetry(true);
  expect(store.get().anonymousId).not.toBe(id);
});

test('subscribers are notified of changes until they unsubscribe', () => {
  const store = new SettingsStore(localStorage);
  const volumes: number[] = [];
  const stop = store.subscribe(() => volumes.push(store.get().effects));
  store.change({ effects: 0.2 });
  stop();
  store.change({ effects: 0.4 });
  expect(volumes).toEqual([0.2]);
});

test.each([null, '', '{', '7', '[]'])('unreadable settings (%j) are replaced by the defaults', (saved) => {
  expect(parseSettings(saved)).toEqual(DEFAULT_SETTINGS);
});

test('an invalid field does not affect the others', () => {
  const read = parseSettings(JSON.stringify({ effects: 9, music: 0.1, telemetry: 'maybe' }));
  expect([read.effects, read.music, read.telemetry]).toEqual([DEFAULT_SETTINGS.effects, 0.1, 'unasked']);
});

test('a change keeps what another tab has changed meanwhile', () => {
  const [one, other] = [new SettingsStore(localStorage), new SettingsStore(localStorage)];
  one.change({ music: 0.1 });
  other.change({ hints: false });
  expect(new SettingsStore(localStorage).get()).toMatchObject({ music: 0.1, hints: false });
});
