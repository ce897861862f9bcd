import { lazy, Suspense, useState, type ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';

import { Card } from '../Card';
import { Icon } from '../Icon';
import { Skeleton } from '../Skeleton';
import type { BarsProps } from './bars';

const StackedBars = lazy(() => import('./StackedBars'));

export interface ChartCardProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly bars: BarsProps;
  /** The same numbers as a table: exact, and accessible without seeing the chart. */
  readonly table: ReactNode;
}

/** A chart or the same numbers as a table, one at a time. */
export function ChartCard({ title, note, bars, table }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <ToggleButton className="button button-secondary" isSelected={asTable} onChange={setAsTable}>
      <Icon name="table" />
      Show as table
    </ToggleButton>
  );
  return (
    <Card title={title} note={note} actions={toggle} flush={asTable}>
      {asTable ? table : <Chart {...bars} />}
    </Card>
  );
}

function Chart(bars: BarsProps) {
  return (
    <figure aria-label={bars.label}>
      {bars.series.length > 1 ? <Legend series={bars.series} /> : null}
      <div className="chart">
        <Suspense fallback={<Skeleton label="chart" height={260} />}>
          <StackedBars {...bars} />
        </Suspense>
      </div>
    </figure>
  );
}

function Legend({ series }: Pick<BarsProps, 'series'>) {
  return (
    <ul className="chart-legend" aria-label="Legend">
      {series.map((one) => (
        <li key={one.id}>
          <span className="chart-swatch" style={{ background: one.color }} />
          {one.label}
        </li>
      ))}
    </ul>
  );
}
