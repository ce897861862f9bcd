import { useState, type ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components';

import { Card } from '../Card';
import { Icon } from '../Icon';

export interface ChartCardProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** A chart of the kit. */
  readonly chart: ReactNode;
  /** The same numbers as a table: exact, and accessible without seeing the chart. */
  readonly table: ReactNode;
}

/** A chart or the same numbers as a table, one at a time. */
export function ChartCard({ title, note, chart, table }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <ToggleButton className="button button-quiet" isSelected={asTable} onChange={setAsTable}>
      <Icon name="table" />
      As table
    </ToggleButton>
  );
  return (
    <Card title={title} note={note} actions={toggle} flush={asTable}>
      {asTable ? table : chart}
    </Card>
  );
}
