import fc from 'fast-check';
import { expect, test } from 'vitest';

import { newId } from './ids';

test('an id is a version 7 UUID, and those of later moments come later', () => {
  const moment = fc.integer({ min: 0, max: 2 ** 47 });
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      expect(newId(one)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      if (one < other) expect(newId(one) < newId(other)).toBe(true);
    }),
  );
});

test('no two ids are the same', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId(7))).size).toBe(1000);
});
