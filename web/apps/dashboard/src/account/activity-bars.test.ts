import { expect, test } from 'vitest';

import { activeDays, activityBars } from './activity-bars';

const days = [
  { day: '2024-12-30', events: 0 },
  { day: '2024-12-31', events: 1200 },
];

test('each day is a bar with its exact count', () => {
  const { points, series, format } = activityBars(days);
  expect(points[1]).toEqual({ id: '2024-12-31', label: 'Dec 31, 2024', tick: 'Dec 31' });
  expect(series[0]?.values).toEqual(['0', '1200']);
  expect(format('1200')).toBe('1,200');
});

test('a day without events is not active', () => {
  expect(activeDays(days)).toBe(1);
});
