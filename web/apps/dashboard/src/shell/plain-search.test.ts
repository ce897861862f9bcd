import { expect, test } from 'vitest';

import { parseChoice, parsePageCount, parsePlainSearch, writePlainSearch } from './plain-search';

test('a number stays a string when it is written to the URL and read back', () => {
  expect(parsePlainSearch(writePlainSearch({ q: '123' }))).toEqual({ q: '123' });
});

test('undefined values are left out of the URL', () => {
  expect(writePlainSearch({ q: undefined, plan: undefined })).toBe('');
});

test.each([
  ['3', 3],
  ['1', undefined],
  ['-2', undefined],
  ['1e9', undefined],
  ['many', undefined],
  [undefined, undefined],
])('a page count of %j is read as %j', (value, count) => {
  expect(parsePageCount(value)).toBe(count);
});

test('an unknown choice is undefined', () => {
  expect(parseChoice('gone', ['active', 'trial'])).toBeUndefined();
  expect(parseChoice('trial', ['active', 'trial'])).toBe('trial');
});
