import { useState, type ReactNode } from 'react';

import { Button } from '../Button';
import { Icon } from '../Icon';
import { Section } from '../Section';
import { uiTexts } from '../texts';

export interface ChartSectionProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** A chart of the kit. */
  readonly chart: ReactNode;
  /** The same numbers as a table: exact, and accessible without seeing the chart. */
  readonly table: ReactNode;
}

/** A chart or the same numbers as a table, one at a time. */
export function ChartSection({ title, note, chart, table }: ChartSectionProps) {
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <Button
      emphasis="quiet"
      size="small"
      aria-pressed={asTable}
      onPress={() => {
        setAsTable(!asTable);
      }}
    >
      <Icon name="table" />
      {uiTexts().asTable}
    </Button>
  );
  return (
    <Section title={title} note={note} tools={toggle}>
      {asTable ? table : chart}
    </Section>
  );
}
