import { expect, test } from 'vitest';

import { eventKeys } from './event-keys';

const older = { at: '2024-12-31T09:00:00Z', event: 'match_lost' };
const newer = { at: '2024-12-31T09:05:00Z', event: 'match_won' };

test('an event keeps its key when a newer one arrives in front of it', () => {
  expect(eventKeys([newer, older])[1]).toBe(eventKeys([older])[0]);
});

test('equal events have different keys, and the older one keeps its own', () => {
  const keys = eventKeys([older, older]);
  expect(new Set(keys).size).toBe(2);
  expect(keys[1]).toBe(eventKeys([older])[0]);
});
