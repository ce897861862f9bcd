import type { Activity } from '@keepwell/api';
import {
  BarChart,
  Card,
  ChartCard,
  EmptyState,
  formatCount,
  formatDay,
  isFlat,
  Table,
  type Column,
} from '@keepwell/ui';

import { activeDays, activityBars } from './activity-bars';

const TITLE = 'Activity by day';

type ActivityDay = Activity['days'][number];

const COLUMNS: readonly Column<ActivityDay>[] = [
  { id: 'day', header: 'Day', cell: ({ day }) => formatDay(day), rowHeader: true },
  { id: 'events', header: 'Events', align: 'end', cell: ({ events }) => formatCount(events) },
];

export function ActivityPanel({ activity: { days } }: { readonly activity: Activity }) {
  const data = activityBars(days);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return <NoActivity />;
  const range = `${formatDay(first.day)} to ${formatDay(last.day)}`;
  if (isFlat(data.series)) return <NoActivity note={range} />;
  const chart = (
    <BarChart {...data} label={`Events by day, ${range}`} formatTick={(value) => formatCount(value)} whole />
  );
  const newestFirst = days.toReversed().filter(({ events }) => events > 0);
  const table = (
    <Table
      label="Activity by day"
      columns={COLUMNS}
      rows={newestFirst}
      rowKey={({ day }) => day}
      narrow="pinned"
      short
    />
  );
  return (
    <ChartCard
      title={TITLE}
      note={`${range}: active on ${activeDays(days)} of ${days.length} days`}
      chart={chart}
      table={table}
    />
  );
}

function NoActivity({ note }: { readonly note?: string }) {
  return (
    <Card title={TITLE} note={note}>
      <EmptyState title={note === undefined ? 'No events received' : 'No events in this period'} icon="chart">
        {note === undefined
          ? 'No events of this account have been imported.'
          : 'Older events may be listed below.'}
      </EmptyState>
    </Card>
  );
}
