import { expect, test } from 'vitest';

import { parseOverviewSearch } from './search';

test('a day, a kind and a page count are taken from the URL', () => {
  expect(parseOverviewSearch({ on: '2024-12-31', kind: 'involuntary', pages: '3' })).toEqual({
    on: '2024-12-31',
    kind: 'involuntary',
    pages: 3,
  });
});

test.each(['2024-02-30', 'yesterday', '2024-1-1', 20240101])('%j is not a date and means today', (on) => {
  expect(parseOverviewSearch({ on }).on).toBeUndefined();
});
