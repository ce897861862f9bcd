import type { Activity } from '@keepwell/api';
import { formatCount, formatDay, formatDayTick, type BarGroup, type BarSeries } from '@keepwell/ui';

export const ACTIVITY_SERIES: readonly BarSeries[] = [
  { id: 'events', label: 'Events', color: 'var(--series-activity)' },
];

export function activityBars(days: Activity['days']): BarGroup[] {
  return days.map(({ day, events }) => ({
    id: day,
    label: formatDay(day),
    tick: formatDayTick(day),
    values: { events: { plot: events, text: formatCount(events) } },
  }));
}

/** The number of days with at least one event. */
export function activeDays(days: Activity['days']): number {
  return days.filter(({ events }) => events > 0).length;
}
