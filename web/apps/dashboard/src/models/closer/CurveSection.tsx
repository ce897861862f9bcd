import { ChartSection, ChartTable, LineChart, type ChartData } from '@keepwell/ui';

import { SectionNote } from '../report/SectionNote';
import type { DefinitionId } from '../report/search';

export interface CurveSectionProps {
  readonly definition: DefinitionId;
  readonly words: {
    readonly title: string;
    readonly axes: string;
    readonly label: string;
    readonly head: string;
  };
  readonly data: ChartData;
  /** What a reader would take away from it. */
  readonly says: string | null;
}

/** A curve of shares against shares, or its table, with its sentence. */
export function CurveSection({ definition, words, data, says }: CurveSectionProps) {
  const { title, axes, label, head } = words;
  return (
    <>
      <ChartSection
        title={title}
        note={<SectionNote definition={definition} />}
        chart={<LineChart {...data} label={label} formatTick={percentTick} formatEnd={nameOnly} />}
        table={<ChartTable {...data} {...{ label, head }} />}
      />
      <p className="chart-summary">{axes}</p>
      {says === null ? null : <p className="models-say">{says}</p>}
    </>
  );
}

/** Curves of shares end where everybody is reached: what the end is says nothing. */
function nameOnly(): string {
  return '';
}

function percentTick(value: number, places: number): string {
  const options = { style: 'percent', maximumFractionDigits: places - 1 } as const;
  return new Intl.NumberFormat(undefined, options).format(value);
}
