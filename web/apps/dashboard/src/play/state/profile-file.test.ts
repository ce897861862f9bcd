// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import { bind } from '../input/input-map';
import { describeChanges, profileFile, readProfileFile, takeOver } from './profile-file';
import { ProgressStore } from './progress';
import { SettingsStore } from './settings';

const profile = () => ({
  settings: new SettingsStore(localStorage),
  progress: new ProgressStore(localStorage),
});

beforeEach(() => {
  localStorage.clear();
});

test('stars, settings, bindings and profiles move to another browser; the choice about telemetry stays', () => {
  const here = profile();
  here.progress.won('meadow', 'hard', 2);
  here.settings.chooseTelemetry(true);
  here.settings.change({ music: 0.1, physics: { moon: { gravity: 200 } } });
  here.settings.change({ input: bind(here.settings.get().input, 'pause', 'key:KeyZ') });
  const file = profileFile(here);
  localStorage.clear();

  const there = profile();
  there.progress.won('meadow', 'hard', 3);
  there.progress.won('ford', 'easy', 1);
  takeOver(readProfileFile(file, there), there);
  expect(new ProgressStore(localStorage).get()).toEqual({ meadow: { hard: 3 }, ford: { easy: 1 } });
  const settings = new SettingsStore(localStorage).get();
  expect(settings).toMatchObject({ music: 0.1, physics: { moon: { gravity: 200 } }, telemetry: 'unasked' });
  expect(settings.input.pause).toContain('key:KeyZ');
  expect(file).not.toContain('anonymousId');
});

test('the changes that a file would make are listed before any is made', () => {
  const here = profile();
  here.settings.change({ music: 0.1, largerText: true });
  here.settings.change({ input: bind(here.settings.get().input, 'pause', 'key:KeyZ') });
  const file = profileFile(here);
  localStorage.clear();

  const there = profile();
  const { changed } = readProfileFile(file, there);
  expect(describeChanges(changed, there.settings.get())).toEqual([
    'Music: 35% → 10%',
    'Larger text: off → on',
    'Keys, mouse, touch and gamepad',
  ]);
  expect(there.settings.get().music).toBe(0.35);
  expect(readProfileFile(profileFile(there), there).changed).toEqual({});
});

test('a progress.json of the desktop brings its stars and leaves the settings', () => {
  const there = profile();
  there.settings.change({ music: 0.1 });
  takeOver(readProfileFile('{"stars": {"meadow": {"normal": 1}}}', there), there);
  expect(there.progress.get()).toEqual({ meadow: { normal: 1 } });
  expect(there.settings.get().music).toBe(0.1);
});

test.each(['', '{}', '[]', '{"stars": {"meadow": {"normal": 9}}}', '{"stars": 3}'])(
  'a file of something else gets a sentence and changes nothing: %s',
  (text) => {
    const there = profile();
    expect(() => {
      readProfileFile(text, there);
    }).toThrow('This is no file of stars and settings.');
    expect(there.progress.get()).toEqual({});
  },
);
