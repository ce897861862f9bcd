// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import { ProgressStore } from './progress';
import { SettingsStore } from './settings';
import { WebStorage } from './web-storage';

const full = { getItem: () => null, setItem: refuse };

function refuse(): never {
  throw new DOMException('refused', 'QuotaExceededError');
}

beforeEach(() => {
  localStorage.clear();
});

test('what the browser keeps is found by the next page', () => {
  new SettingsStore(new WebStorage()).change({ music: 0.1 });
  expect(new SettingsStore(new WebStorage()).get().music).toBe(0.1);
});

test.each([
  ['is full', () => full],
  ['may not be opened', refuse],
])('stars and settings last as long as the page if the storage %s', (_, open) => {
  const storage = new WebStorage(open);
  const [settings, progress] = [new SettingsStore(storage), new ProgressStore(storage)];
  settings.change({ music: 0.1 });
  settings.change({ hints: false });
  progress.won('meadow', 'easy', 2);
  expect(settings.get()).toMatchObject({ music: 0.1, hints: false });
  expect(progress.get()).toEqual({ meadow: { easy: 2 } });
  expect(storage.isRefused.get()).toBe(true);
});
