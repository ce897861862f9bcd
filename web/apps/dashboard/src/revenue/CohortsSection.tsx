import type { CohortLine, CohortsReport, Decimal } from '@keepwell/api';
import {
  EmptyState,
  formatDay,
  formatRatio,
  HeatTable,
  LineChart,
  ChartTable,
  Section,
  SegmentedControl,
  Skeleton,
  startOfMonthBefore,
  type ChartData,
} from '@keepwell/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useFigure } from '../figures/use-figure';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import {
  customersTable,
  leastKept,
  revenueTable,
  SMALLEST_COHORT,
  survival,
  type CohortTable,
} from './cohort-table';
import { endOfMonth } from './periods';
import { COHORT_MEASURES, type CohortMeasure } from './search';
import type { View } from './view';
import { cohortsOf } from './view-queries';

const words = texts.revenue.cohortTable;
const CHOICES = COHORT_MEASURES.map((id) => ({ id, label: words.measures[id] }));

export interface CohortsSectionProps {
  readonly view: View;
  /** How many cohorts: always by month, whatever the step of the view. */
  readonly months: number;
  readonly onMeasure: (measure: CohortMeasure) => void;
  /** After the table. */
  readonly link?: ReactNode;
}

/** The customers who stay: cohorts by customers, by revenue, or all together as one line. */
export function CohortsSection({ view, months, onMeasure, link }: CohortsSectionProps) {
  const { days, measure } = view;
  const query = useQuery({ ...cohortsOf(view, months), placeholderData: keepPreviousData });
  const tools = (
    <SegmentedControl label={words.measure} choices={CHOICES} value={measure} onChange={onMeasure} />
  );
  return (
    <Section title={texts.revenue.cohorts} note={words.notes[measure]} tools={tools}>
      <Loaded
        query={query}
        loading={<Skeleton label={texts.revenue.loading.cohorts} height={28 * (months + 2)} />}
      >
        {(report) => <Cohorts report={report} measure={measure} />}
      </Loaded>
      {view.by === 'month' ? null : (
        <p className="small revenue-say">{words.byMonth(months, formatDay(days.to))}</p>
      )}
      {link}
    </Section>
  );
}

function Cohorts({ report, measure }: { readonly report: CohortsReport; readonly measure: CohortMeasure }) {
  const cohorts = report.cohorts;
  if (cohorts.every(({ size }) => size === 0)) return <EmptyState title={words.empty} icon="chart" />;
  if (measure === 'survival') return <Survival cohorts={cohorts} />;
  const table = measure === 'customers' ? customersTable(cohorts) : revenueTable(cohorts);
  return <Heat table={table} measure={measure} cohorts={cohorts} />;
}

interface HeatProps {
  readonly table: CohortTable;
  readonly measure: 'customers' | 'revenue';
  readonly cohorts: readonly CohortLine[];
}

/** Months after which a sentence says how many still pay. */
const SIX = 6;

const asPercent = (value: Decimal) => formatRatio(value, 0);

function Heat({ table, measure, cohorts }: HeatProps) {
  const { open } = useFigure();
  const least = leastKept(table, cohorts);
  const half = survival(cohorts)[SIX] ?? null;
  const said = [
    half === null ? '' : words.stillPay(`${Math.round(half * 100)}`, SIX),
    least === null ? '' : words.least(least.month, asPercent(least.share), least.months, SMALLEST_COHORT),
  ];
  const summary = said.filter((sentence) => sentence !== '').join(' ');
  return (
    <HeatTable
      {...table}
      label={words.labels[measure]}
      heads={[words.began, words.size]}
      format={asPercent}
      summary={measure === 'customers' && summary !== '' ? summary : undefined}
      onOpen={(month, column) => {
        open({ id: 'cohort', from: month, to: endOfMonth(startOfMonthBefore(month, -column)) });
      }}
    />
  );
}

function Survival({ cohorts }: { readonly cohorts: readonly CohortLine[] }) {
  const data = survivalChart(cohorts);
  return (
    <div className="columns">
      <div className="span-7">
        <LineChart
          {...data}
          label={words.labels.survival}
          formatTick={(value) => formatRatio(`${Math.round(value * 1000) / 1000}`, 0)}
        />
      </div>
      <div className="span-5">
        <ChartTable {...data} label={words.labels.survival} head={words.month} />
      </div>
    </div>
  );
}

function survivalChart(cohorts: readonly CohortLine[]): ChartData {
  const known = survival(cohorts);
  const count = known.findLastIndex((value) => value !== null) + 1;
  return {
    points: known.slice(0, count).map((_, months) => ({
      id: `${months}`,
      label: words.monthsAfter(months),
      tick: `${months}`,
    })),
    series: [
      {
        id: 'survival',
        label: words.measures.survival,
        color: 'var(--accent)',
        values: known.slice(0, count).map((share) => (share === null ? null : (share.toFixed(4) as Decimal))),
      },
    ],
    format: (value) => formatRatio(value),
  };
}
