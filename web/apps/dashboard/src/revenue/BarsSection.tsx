import type { MovementsPeriod, MovementsReport } from '@keepwell/api';
import {
  annotationColumns,
  BarChart,
  ChartSection,
  EmptyState,
  formatMoneyTick,
  isFlat,
  Money,
  Section,
  Skeleton,
  Table,
  type ChartAnnotation,
  type Column,
} from '@keepwell/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { SheetLink } from '../figures/SheetLink';
import { useFigure } from '../figures/use-figure';
import { movementsQuery } from '../queries/revenue/metrics';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { movementBars, movementSeries } from './movement-bars';
import { stepLabel, viewLabel } from './periods';
import { useMarks } from './use-marks';
import { useTotals } from './use-totals';
import type { View } from './view';

const words = texts.revenue.bars;

/** The movements of each step. */
export function BarsSection({ view }: { readonly view: View }) {
  const { by, days, policy } = view;
  const query = useQuery({
    ...movementsQuery({ ...days, by, ...(policy && { policy }) }),
    placeholderData: keepPreviousData,
  });
  const loading = (
    <Section title={words.titleBy[by]}>
      <Skeleton label={texts.revenue.loading.chart} height={286} />
    </Section>
  );
  return (
    <Loaded query={query} loading={loading}>
      {(report) => <Bars view={view} report={report} />}
    </Loaded>
  );
}

function Bars({ view, report }: { readonly view: View; readonly report: MovementsReport }) {
  const { open } = useFigure();
  const { by, days } = view;
  const total = useTotals(view, days).data?.periods[0];
  const annotations = useMarks(
    view,
    report.periods.map(({ start, end }) => ({ id: start, end })),
  );
  const data = movementBars(report, by, total);
  if (isFlat(data.series)) {
    return (
      <Section title={words.titleBy[by]}>
        <EmptyState title={words.empty} icon="chart">
          {words.emptyDetail}
        </EmptyState>
      </Section>
    );
  }
  const openStep = (start: string) => {
    const period = report.periods.find((each) => each.start === start);
    if (period !== undefined) open({ id: 'movements', from: period.start, to: period.end });
  };
  const label = words.label(viewLabel(by, days));
  const chart = (
    <BarChart
      {...data}
      {...{ label, annotations }}
      formatTick={(value, places) => formatMoneyTick(value, report.currency, places)}
      onOpen={openStep}
    />
  );
  return (
    <ChartSection
      title={words.titleBy[by]}
      chart={chart}
      table={<BarsTable {...{ view, report, annotations }} onOpen={openStep} />}
    />
  );
}

interface BarsTableProps {
  readonly view: View;
  readonly report: MovementsReport;
  readonly annotations: readonly ChartAnnotation[];
  readonly onOpen: (start: string) => void;
}

/** The same amounts, with what was there before and after. */
function BarsTable({ view: { by }, report, annotations, onOpen }: BarsTableProps) {
  const { periods, currency } = report;
  const columns: Column<MovementsPeriod>[] = [
    {
      id: 'step',
      header: words.heads[by],
      cell: ({ start }) => (
        <SheetLink
          onOpen={() => {
            onOpen(start);
          }}
        >
          {stepLabel(by, start)}
        </SheetLink>
      ),
      rowHeader: true,
    },
    ...annotationColumns(periods, ({ start }) => start, annotations),
    amountColumn('opening', words.opening, currency),
    ...movementSeries(report).map(({ id, label }) => amountColumn(id, label, currency)),
    amountColumn('closing', words.closing, currency),
  ];
  return (
    <Table
      label={words.titleBy[by]}
      columns={columns}
      rows={periods}
      rowKey={({ start }) => start}
      narrow="pinned"
      density="compact"
      short
    />
  );
}

type AmountField = Exclude<keyof MovementsPeriod, 'start' | 'end' | 'quick_ratio' | 'rows'>;

function amountColumn(id: AmountField, header: string, currency: string): Column<MovementsPeriod> {
  return { id, header, align: 'end', cell: (period) => <Money amount={period[id]} currency={currency} /> };
}
