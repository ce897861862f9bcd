import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ACCOUNTS_OF_A_PAGE, reversed } from './accounts';
import { fromTheEnd, pageOf, pagesBefore } from './use-account-pages';

test('the pages from the end hold every row of those from the start, and at most one more', () => {
  const length = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(length, fc.nat(), fc.nat(5), (rows, place, more) => {
      const first = pageOf(place % rows);
      const view = { first, last: first + more };
      const back = fromTheEnd(view, rows);
      for (let row = first * ACCOUNTS_OF_A_PAGE; row <= Math.min(rows - 1, view.last * 100 + 99); row += 33) {
        expect(pageOf(rows - 1 - row)).toBeGreaterThanOrEqual(back.first);
        expect(pageOf(rows - 1 - row)).toBeLessThanOrEqual(back.last);
      }
      expect(back.last - back.first).toBeLessThanOrEqual(more + 1);
    }),
  );
});

test('a page is as far as the pages that have to be read before it', () => {
  const starts = { cursors: [null, 'b', 'c'], end: null, isEndAsked: true };
  expect(pagesBefore({ first: 2, last: 3 }, starts)).toBe(0);
  expect(pagesBefore({ first: 7, last: 8 }, starts)).toBe(5);
});

test('the reverse of an order is that of all of its rows', () => {
  expect(reversed({ q: 'a' })).toEqual({ q: 'a', sort: 'mrr' });
  expect(reversed(reversed({ sort: 'name' }))).toEqual({ sort: 'name' });
});
