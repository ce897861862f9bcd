import fc from 'fast-check';
import { expect, test } from 'vitest';

import { markedRow } from './marked-row';

const marks = (row: string, field: string) =>
  markedRow(row, field)
    .filter(({ isWrong }) => isWrong)
    .map(({ text }) => text);

test('the field that a JSON pointer names is marked with its value', () => {
  expect(marks('{"type":"track","event":7}', '/event')).toEqual(['"event": 7']);
});

test('an index of a list is no name: the list is marked as a whole', () => {
  expect(marks('{"a":{"b":[1,2]}}', '/a/b/1')).toEqual(['"b": [\n      1,\n      2\n    ]']);
});

test('a row that is not JSON, or lacks the field, is shown as it came', () => {
  expect(markedRow('K-1,,DE', 'id')).toEqual([{ text: 'K-1,,DE', isWrong: false }]);
  expect(marks('{"event":7}', '/type')).toEqual([]);
  expect(marks('{"event":7}', '')).toEqual([]);
});

test('marking never changes the text', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (row, field) => {
      const text = markedRow(row, field)
        .map((piece) => piece.text)
        .join('');
      expect(text).toBe(JSON.stringify(JSON.parse(row), null, 2));
    }),
  );
});
