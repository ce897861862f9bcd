import { expect, test } from 'vitest';

import { parseChoice, parsePageCount, parsePlainSearch, writePlainSearch } from './plain-search';

test('a number in a search text stays a text on its way through the URL', () => {
  expect(parsePlainSearch(writePlainSearch({ q: '123' }))).toEqual({ q: '123' });
});

test('what is not set leaves no trace in the URL', () => {
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

test('an unknown choice is no choice', () => {
  expect(parseChoice('gone', ['active', 'trial'])).toBeUndefined();
  expect(parseChoice('trial', ['active', 'trial'])).toBe('trial');
});
