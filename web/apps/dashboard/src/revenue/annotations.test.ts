import type { Annotation } from '@keepwell/api';
import { expect, test } from 'vitest';

import { marksAt } from './annotations';

const POINTS = [
  { id: 'october', end: '2025-10-31' },
  { id: 'november', end: '2025-11-30' },
];

test('what happened is marked at the point that covers its day', () => {
  const first: Annotation = { on: '2025-11-01', kind: 'first_day', names: [], count: 1 };
  expect(marksAt(POINTS, [first])).toEqual([
    { pointId: 'november', label: 'Data begins', detail: 'Nov 1, 2025: first day with revenue' },
  ]);
});

test('a point has one mark, which names the most important and then how many more', () => {
  const imported: Annotation = { on: '2025-10-02', kind: 'import', names: ['shop.yaml'], count: 3 };
  const chosen: Annotation = { on: '2025-10-31', kind: 'policy', names: ['stripe'], count: 1 };
  expect(marksAt(POINTS, [imported, chosen])).toEqual([
    {
      pointId: 'october',
      label: 'Policy +1',
      detail: 'Oct 31, 2025: policy is now as Stripe counts; Oct 2, 2025: 3 imports (shop.yaml)',
    },
  ]);
});

test('what happened after the last point has no mark', () => {
  expect(marksAt(POINTS, [{ on: '2025-12-01', kind: 'price', names: ['Pro'], count: 1 }])).toEqual([]);
});
