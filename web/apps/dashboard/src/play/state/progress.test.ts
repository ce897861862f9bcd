// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest';

import { starsFor } from '../game/stars';
import { catalogue, map } from '../testing/fixtures';
import { bestOf, parseProgress, ProgressStore, totalOf } from './progress';

beforeEach(() => {
  localStorage.clear();
});

test('the better of two wins is kept, for each difficulty', () => {
  const progress = new ProgressStore(localStorage);
  progress.won('meadow', 'normal', 2);
  progress.won('meadow', 'normal', 1);
  progress.won('meadow', 'easy', 3);
  expect(new ProgressStore(localStorage).get()).toEqual({ meadow: { normal: 2, easy: 3 } });
  expect(bestOf(progress.get(), 'meadow')).toBe(3);
});

test('what two tabs win is kept, whichever of them wins last', () => {
  const [one, other] = [new ProgressStore(localStorage), new ProgressStore(localStorage)];
  one.won('meadow', 'normal', 3);
  other.won('ford', 'normal', 1);
  expect(totalOf(new ProgressStore(localStorage).get())).toBe(4);
});

test.each([null, '', '[]', '{"stars":{"meadow":{"easy":9}}}'])(
  'unreadable progress (%j) is none',
  (saved) => {
    expect(parseProgress(saved)).toEqual({});
  },
);

test.each([
  [20, 3],
  [19, 2],
  [10, 2],
  [9, 1],
  [1, 1],
  [0, 0],
])('with %i of 20 lives a match has %i stars, as on the desktop', (lives, stars) => {
  expect(starsFor({ lives, tweaked: false }, { map, difficulty: 1, catalogue })).toBe(stars);
});

test('the lives of a difficulty count, not those of the map', () => {
  expect(starsFor({ lives: 14, tweaked: false }, { map, difficulty: 2, catalogue })).toBe(3);
});

test('a win with other physical constants earns no stars', () => {
  expect(starsFor({ lives: 20, tweaked: true }, { map, difficulty: 1, catalogue })).toBe(0);
});
