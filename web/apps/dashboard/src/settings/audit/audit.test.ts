import { expect, test } from 'vitest';

import { changedFields } from './changed-fields';
import { filterOf } from './search';

test('only the fields that differ are listed, and what was not there is null', () => {
  const before = { name: 'A', role: 'agent', tags: [1] };
  const after = { name: 'B', role: 'agent', tags: [1], email: null };
  expect(changedFields({ before, after })).toEqual([
    { name: 'name', before: 'A', after: 'B' },
    { name: 'email', before: null, after: 'null' },
  ]);
  expect(changedFields({ before: null, after: null })).toEqual([]);
});

test('the last day of the filter is included', () => {
  expect(filterOf({ from: '2026-02-28', to: '2026-02-28' })).toMatchObject({
    from: '2026-02-28T00:00:00Z',
    to: '2026-03-01T00:00:00Z',
  });
});
