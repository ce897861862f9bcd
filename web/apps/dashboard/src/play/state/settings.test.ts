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

test('a choice is kept, with a random number that goes with the switch', () => {
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

test('a change is told to those who follow, once', () => {
  const store = new SettingsStore(localStorage);
  const heard: number[] = [];
  const stop = store.subscribe(() => heard.push(store.get().effects));
  store.change({ effects: 0.2 });
  stop();
  store.change({ effects: 0.4 });
  expect(heard).toEqual([0.2]);
});

test.each([null, '', '{', '7', '[]'])('what cannot be read (%j) gives the first settings', (saved) => {
  expect(parseSettings(saved)).toEqual(DEFAULT_SETTINGS);
});

test('one field that is nonsense costs no other', () => {
  const read = parseSettings(JSON.stringify({ effects: 9, music: 0.1, telemetry: 'maybe' }));
  expect([read.effects, read.music, read.telemetry]).toEqual([DEFAULT_SETTINGS.effects, 0.1, 'unasked']);
});
