import * as v from 'valibot';
import { expect, test } from 'vitest';

import { getSaveList } from './save-list';

test('a save list before the first training is understood', () => {
  const { schema } = getSaveList({ limit: 20, cursor: null });
  const answer = { scored_at: null, as_of: null, currency: 'USD', model: null, items: [], next: null };
  expect(schema !== null && v.is(schema, answer)).toBe(true);
});

test('the first page has no cursor, the next one has', () => {
  expect(getSaveList({ limit: 20, cursor: null }).path).toBe('/v1/save-list?limit=20');
  expect(getSaveList({ limit: 20, cursor: 'abc' }).path).toBe('/v1/save-list?limit=20&cursor=abc');
});
