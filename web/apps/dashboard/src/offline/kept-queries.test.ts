import { expect, test } from 'vitest';

import { isKept, isUsable, KEPT_DAYS, type KeptQuery } from './kept-queries';

const DAY = 86_400_000;
const kept: KeptQuery = { owner: 'nia', build: 'b2', key: ['accounts', {}], data: [], at: 100 * DAY };
const use = { owner: 'nia', build: 'b2', now: 101 * DAY };

test('what has secrets is never kept', () => {
  for (const name of [
    'tokens',
    'write-keys',
    'audit',
    'audit-entries',
    'sessions',
    'webhooks',
    'sign-in-ways',
  ])
    expect(isKept([name])).toBe(false);
  expect(isKept(['accounts', { q: 'x' }])).toBe(true);
  expect(isKept([])).toBe(false);
});

test('the names of held accounts are not kept, although the rest of the save list is', () => {
  expect([isKept(['save-list', 'left-alone']), isKept(['save-list', 'all'])]).toEqual([false, true]);
});

test('what is on disk is shown to the member for whom it was kept', () => {
  expect(isUsable(kept, use)).toBe(true);
  expect(isUsable(kept, { ...use, owner: 'omar' })).toBe(false);
});

test('what another release has kept may have another shape and is not shown', () => {
  expect(isUsable(kept, { ...use, build: 'b3' })).toBe(false);
});

test('what is too old is not shown', () => {
  expect(isUsable(kept, { ...use, now: kept.at + KEPT_DAYS * DAY })).toBe(true);
  expect(isUsable(kept, { ...use, now: kept.at + KEPT_DAYS * DAY + 1 })).toBe(false);
});

test('what is no longer allowed, or was never ours, is not shown', () => {
  expect(isUsable({ ...kept, key: ['tokens'] }, use)).toBe(false);
  for (const found of [undefined, null, 'text', {}, { ...kept, key: 'accounts' }, { ...kept, at: 'then' }])
    expect(isUsable(found, use)).toBe(false);
});
