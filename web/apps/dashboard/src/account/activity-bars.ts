import type { AccountDetail, Activity, TimelineItem } from '@keepwell/api';
import {
  addDays,
  countValue,
  formatCount,
  formatDay,
  formatDayTick,
  type ChartAnnotation,
  type ChartData,
} from '@keepwell/ui';

import { texts } from '../texts';
import { declinedDays } from './facts/highlights';

const { activity: words } = texts.account;

/** The events by day. */
export function activityBars(days: Activity['days']): ChartData {
  return {
    points: days.map(({ day }) => ({ id: day, label: formatDay(day), tick: formatDayTick(day) })),
    series: [
      {
        id: 'events',
        label: words.events,
        color: 'var(--series-earlier)',
        values: days.map(({ events }) => countValue(events)),
      },
    ],
    format: (count) => formatCount(Number(count)),
  };
}

/** The days on which the product was used, as the reasons beside the chart count them: a failed payment is no use. */
export function daysOfUse(days: Activity['days']): Activity['days'] {
  return days.filter(({ used }) => used > 0);
}

/** How many events, and how many of them of use if those are fewer: a newsletter is drawn, but nobody did anything. */
export function activityNote(days: Activity['days']): string {
  const [events, used] = [sum(days, 'events'), sum(days, 'used')];
  return words.note(
    formatCount(days.length),
    formatCount(events),
    used === events ? null : formatCount(used),
  );
}

function sum(days: Activity['days'], what: 'events' | 'used'): number {
  return days.reduce((total, day) => total + day[what], 0);
}

/** Labels that are nearer than this would lie over each other. */
const DAYS_APART = 24;

/** What happened besides: declined cards and cancellations, the newest first where two are near. */
export function annotationsOf(
  { subscriptions }: Pick<AccountDetail, 'subscriptions'>,
  highlights: readonly TimelineItem[],
): readonly ChartAnnotation[] {
  const declined = declinedDays(highlights).map((pointId) => ({ pointId, label: words.declined }));
  const left = subscriptions.flatMap(({ cancelled_on }) =>
    cancelled_on === null ? [] : [{ pointId: cancelled_on, label: words.leaving }],
  );
  const newestFirst = [...declined, ...left].sort((a, b) => (a.pointId < b.pointId ? 1 : -1));
  return newestFirst.reduce<readonly ChartAnnotation[]>((shown, one) => {
    const nearest = shown.at(-1)?.pointId;
    const isNear = nearest !== undefined && addDays(one.pointId, DAYS_APART) > nearest;
    return isNear ? shown : [...shown, one];
  }, []);
}
