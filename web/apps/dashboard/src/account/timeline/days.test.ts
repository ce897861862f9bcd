import { expect, test } from 'vitest';

import { timelineItem } from '../../testing/timeline';
import { byDay } from './days';

const on = (day: string) => timelineItem({ kind: 'contact', type: 'added', day });

test('the items of a day are together, in their order', () => {
  const days = byDay([{ items: [on('2024-12-31'), on('2024-12-30'), on('2024-12-30')] }]);
  expect(days.map(({ day, items }) => [day, items.length])).toEqual([
    ['2024-12-31', 1],
    ['2024-12-30', 2],
  ]);
});

test('a day goes on over two pages, also with an empty one between', () => {
  const pages = [
    { items: [on('2024-12-30')] },
    { items: [] },
    { items: [on('2024-12-30'), on('2024-12-29')] },
  ];
  expect(byDay(pages).map(({ day, items }) => [day, items.length])).toEqual([
    ['2024-12-30', 2],
    ['2024-12-29', 1],
  ]);
});
