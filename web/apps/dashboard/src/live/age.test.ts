import { expect, test } from 'vitest';

import { ageOf } from './age';

const now = new Date('2026-03-09T15:00:00Z');

/** The space before AM and PM is a narrow one. */
function textOf(at: string) {
  return ageOf(Date.parse(at), { isOffline: true, now })?.text.replace(/\s/gu, ' ');
}

test('an age is written as every other moment: in UTC, and with its day if that is not today', () => {
  expect(textOf('2026-03-09T06:42:00Z')).toBe('6:42 AM UTC');
  expect(textOf('2026-03-08T23:05:00Z')).toBe('Mar 8, 11:05 PM UTC');
});

test('data that never came have no age', () => {
  expect(ageOf(0, { isOffline: true, now })).toBeNull();
  expect(ageOf(now.getTime(), { isOffline: true, now })).toMatchObject({ isAll: true });
});
