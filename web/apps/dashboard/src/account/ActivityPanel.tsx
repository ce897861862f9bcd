import type { AccountDetail, Activity, TimelineItem } from '@keepwell/api';
import {
  BarChart,
  ChartSection,
  EmptyState,
  formatCount,
  formatDay,
  isFlat,
  Section,
  Table,
  type Column,
} from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { activityBars, activityNote, annotationsOf, daysOfUse } from './activity-bars';

const { activity: words } = texts.account;

type ActivityDay = Activity['days'][number];

const COLUMNS: readonly Column<ActivityDay>[] = [
  { id: 'day', header: words.day, cell: ({ day }) => formatDay(day), rowHeader: true },
  { id: 'events', header: words.events, align: 'end', cell: ({ events }) => formatCount(events) },
  { id: 'used', header: words.used, align: 'end', cell: ({ used }) => formatCount(used) },
];

export interface ActivityPanelProps {
  readonly account: AccountDetail;
  readonly highlights: readonly TimelineItem[];
}

/** Events by day, with the days on which something else happened. */
export function ActivityPanel({ account, highlights }: ActivityPanelProps) {
  const { days } = account.activity;
  const data = activityBars(days);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || isFlat(data.series)) {
    return <NoActivity isNever={days.length === 0} />;
  }
  const inUse = daysOfUse(days);
  const chart = (
    <>
      <BarChart
        {...data}
        label={words.label(formatDay(first.day), formatDay(last.day))}
        annotations={annotationsOf(account, highlights)}
        formatTick={(value) => formatCount(value)}
        whole
      />
      <p className="account-say">
        {words.say(formatCount(inUse.length), formatCount(days.length))}
        {inUse.length === 0 ? null : words.last(formatDay(inUse.at(-1)?.day ?? ''))}
      </p>
    </>
  );
  const table = (
    <Table
      label={words.title}
      columns={COLUMNS}
      rows={days.filter(({ events }) => events > 0).toReversed()}
      rowKey={({ day }) => day}
      narrow="pinned"
      density="compact"
      short
    />
  );
  return (
    <div className="account-activity">
      <ChartSection title={words.title} note={activityNote(days)} chart={chart} table={table} />
    </div>
  );
}

function NoActivity({ isNever }: { readonly isNever: boolean }) {
  const connect = (
    <Link to="/data" className="link">
      {words.connect}
    </Link>
  );
  return (
    <div className="account-activity">
      <Section title={words.title}>
        {isNever ? (
          <EmptyState title={words.never} icon="chart" action={connect}>
            {words.neverDetail}
          </EmptyState>
        ) : (
          <EmptyState title={words.none} icon="chart">
            {words.noneDetail}
          </EmptyState>
        )}
      </Section>
    </div>
  );
}
