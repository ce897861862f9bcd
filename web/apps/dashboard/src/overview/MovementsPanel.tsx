import type { MovementsPeriod, MovementsReport } from '@keepwell/api';
import {
  BarChart,
  Card,
  ChartCard,
  ErrorState,
  formatDay,
  formatMoneyTick,
  formatMonth,
  isFlat,
  Money,
  Skeleton,
  Table,
  type Column,
} from '@keepwell/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { movementsQuery } from '../queries/metrics';
import { lastTwelveMonths, movementBars, movementSeries } from './movement-bars';
import { NoMovements } from './NoMovements';

const TITLE = 'Revenue movements';

export function MovementsPanel({ on }: { readonly on: string }) {
  const movements = useQuery({
    ...movementsQuery(lastTwelveMonths(on)),
    placeholderData: keepPreviousData,
  });
  if (movements.data !== undefined) return <MovementsCard movements={movements.data} />;
  if (movements.isPending) return <MovementsLoading />;
  return (
    <Card title={TITLE}>
      <ErrorState problem={movements.error.problem} onRetry={() => void movements.refetch()} />
    </Card>
  );
}

export function MovementsLoading() {
  return (
    <Card title={TITLE}>
      <Skeleton label="movements" height={286} />
    </Card>
  );
}

function MovementsCard({ movements }: { readonly movements: MovementsReport }) {
  const { from, to, policy, currency } = movements;
  const data = movementBars(movements);
  const note = `${formatDay(from)} to ${formatDay(to)}, by month. Policy: ${policy}`;
  if (isFlat(data.series)) {
    return (
      <Card title={TITLE} note={note}>
        <NoMovements to={to} />
      </Card>
    );
  }
  const chart = (
    <BarChart
      {...data}
      label={`Revenue movements by month, ${formatDay(from)} to ${formatDay(to)}`}
      formatTick={(value, places) => formatMoneyTick(value, currency, places)}
    />
  );
  return (
    <ChartCard title={TITLE} note={note} chart={chart} table={<MovementsTable movements={movements} />} />
  );
}

function MovementsTable({ movements }: { readonly movements: MovementsReport }) {
  const { periods, currency } = movements;
  const columns: Column<MovementsPeriod>[] = [
    { id: 'month', header: 'Month', cell: (period) => formatMonth(period.start), rowHeader: true },
    amountColumn('opening', 'Opening', currency),
    ...movementSeries(movements).map(({ id, label }) => amountColumn(id, label, currency)),
    amountColumn('closing', 'Closing', currency),
  ];
  return (
    <Table
      label="Revenue movements by month"
      columns={columns}
      rows={periods}
      rowKey={(period) => period.start}
      narrow="pinned"
    />
  );
}

type AmountField = Exclude<keyof MovementsPeriod, 'start' | 'end' | 'quick_ratio' | 'rows'>;

function amountColumn(id: AmountField, header: string, currency: string): Column<MovementsPeriod> {
  return { id, header, align: 'end', cell: (period) => <Money amount={period[id]} currency={currency} /> };
}
