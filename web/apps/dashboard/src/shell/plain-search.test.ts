import { expect, test } from 'vitest';

import { parsePlainSearch, writePlainSearch } from './plain-search';

test('a number stays a string when it is written to the URL and read back', () => {
  expect(parsePlainSearch(writePlainSearch({ q: '123' }))).toEqual({ q: '123' });
});

test('undefined values are left out of the URL', () => {
  expect(writePlainSearch({ q: undefined, plan: undefined })).toBe('');
});
