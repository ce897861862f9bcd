import { expect, test } from 'vitest';

import { expiryOf } from './lifetimes';

test('a token expires after its days, or never', () => {
  const now = new Date('2026-02-27T10:00:00Z');
  expect(expiryOf('30', now)).toBe('2026-03-29T10:00:00.000Z');
  expect(expiryOf('never', now)).toBeNull();
});
