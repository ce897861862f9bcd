import { expect, test } from 'vitest';

import { subscription } from '../testing/answers';
import { timelineItem } from '../testing/timeline';
import { activityBars, activityNote, annotationsOf, daysOfUse } from './activity-bars';

const days = [
  { day: '2024-12-29', events: 2, used: 0 },
  { day: '2024-12-30', events: 0, used: 0 },
  { day: '2024-12-31', events: 1200, used: 1199 },
];

test('each day is a bar with its exact count', () => {
  const { points, series, format } = activityBars(days);
  expect(points[2]).toEqual({ id: '2024-12-31', label: 'Dec 31, 2024', tick: 'Dec 31' });
  expect(series[0]?.values).toEqual(['2', '0', '1200']);
  expect(format('1200')).toBe('1,200');
});

test('days of use are those with events of use', () => {
  expect(daysOfUse(days).map(({ day }) => day)).toEqual(['2024-12-31']);
});

test('the note counts events that are no use apart, if there are any', () => {
  expect(activityNote(days)).toBe('3 days, 1,202 in all, 1,199 of use');
  expect(activityNote(days.slice(1, 2))).toBe('1 days, 0 in all');
});

test('of annotations that would lie over each other, the newest is shown', () => {
  const declined = timelineItem({ kind: 'charge', type: 'failed', day: '2024-12-20' });
  const cancelled = { subscriptions: [{ ...subscription, cancelled_on: '2024-12-10' }] };
  expect(annotationsOf(cancelled, [declined])).toEqual([{ pointId: '2024-12-20', label: 'card declined' }]);
  const longAgo = { subscriptions: [{ ...subscription, cancelled_on: '2024-10-10' }] };
  expect(annotationsOf(longAgo, [declined]).map(({ label }) => label)).toEqual([
    'card declined',
    'cancelled',
  ]);
});
