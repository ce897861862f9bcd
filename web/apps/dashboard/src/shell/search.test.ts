import { expect, test } from 'vitest';

import { droppedNames, readAmount, readChoice, readDay, readSearch, readText } from './search';

const spec = { on: readDay, status: readChoice(['active', 'churned']), q: readText, from: readAmount };

test('valid values are read, and everything else is dropped by name', () => {
  const raw = { on: '2026-02-30', status: 'active', q: 'a', nonsense: '1', from: '12.50' };
  expect(readSearch(spec, raw)).toEqual({ status: 'active', q: 'a', from: '12.50' });
  expect(droppedNames(spec, raw)).toEqual(['on', 'nonsense']);
});

test('a text of thousands of characters is dropped', () => {
  const raw = { q: 'x'.repeat(3_000) };
  expect(readSearch(spec, raw)).toEqual({});
  expect(droppedNames(spec, raw)).toEqual(['q']);
});

test.each(['1e3', '-1', '1,5', ' 1', '1.23456'])('%s is no amount', (text) => {
  expect(readAmount(text)).toBeUndefined();
});

test.each(['0001-01-01', '0000-01-01', '1969-12-31', '2200-01-01', '9999-12-31'])(
  'a day of a year that nothing here is of, such as %s, is dropped',
  (on) => {
    expect(droppedNames({ on: readDay }, { on })).toEqual(['on']);
  },
);
