import type { Activity } from '@keepwell/api';
import { countValue, formatDay, formatDayTick, type ChartData } from '@keepwell/ui';

/** The events by day. */
export function activityBars(days: Activity['days']): ChartData {
  return {
    points: days.map(({ day }) => ({ id: day, label: formatDay(day), tick: formatDayTick(day) })),
    series: [
      {
        id: 'events',
        label: 'Events',
        color: 'var(--accent)',
        values: days.map(({ events }) => countValue(events)),
      },
    ],
    format: (count) => new Intl.NumberFormat().format(count),
  };
}

/** The number of days with at least one event. */
export function activeDays(days: Activity['days']): number {
  return days.filter(({ events }) => events > 0).length;
}
