import type { Decimal } from '@keepwell/api';
import {
  ChartSection,
  ChartTable,
  EmptyState,
  formatMoney,
  formatMoneyRounded,
  formatMoneyTick,
  isFlat,
  LineChart,
  Section,
  Skeleton,
  type ChartData,
} from '@keepwell/ui';

import { useFigure } from '../figures/use-figure';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { valuesOf, type ViewSeries } from './band';
import { earlierSeries } from './earlier-series';
import { stepLabel, stepTick, viewLabel } from './periods';
import { useMarks } from './use-marks';
import type { useSeries } from './use-series';
import type { View } from './view';

const words = texts.revenue.mrr;

export interface MrrSectionProps {
  readonly view: View;
  readonly series: ReturnType<typeof useSeries>;
}

/** MRR at the end of each step, and of those it is compared with. */
export function MrrSection({ view, series: { now, before } }: MrrSectionProps) {
  const loading = (
    <Section title={words.title}>
      <Skeleton label={texts.revenue.loading.chart} height={260} />
    </Section>
  );
  return (
    <Loaded query={now} loading={loading}>
      {(series) => <MrrChart view={view} data={mrrChart(view, series, before)} />}
    </Loaded>
  );
}

function MrrChart({
  view,
  data,
}: {
  readonly view: View;
  readonly data: ChartData & { readonly currency: string };
}) {
  const { open } = useFigure();
  const { by, days } = view;
  const { currency } = data;
  const annotations = useMarks(
    view,
    data.points.map(({ id }) => ({ id, end: id })),
  );
  const label = words.label(viewLabel(by, days));
  const note = words.note(texts.revenue.controls.steps[by].toLowerCase());
  if (isFlat(data.series)) {
    return (
      <Section title={words.title} note={note}>
        <EmptyState title={words.empty} icon="chart">
          {words.emptyDetail}
        </EmptyState>
      </Section>
    );
  }
  const chart = (
    <LineChart
      {...data}
      {...{ label, annotations }}
      formatEnd={(value) => formatMoneyRounded(value, currency)}
      formatTick={(value, places) => formatMoneyTick(value, currency, places)}
      onOpen={(to) => {
        open({ id: 'mrr', to });
      }}
    />
  );
  const head = texts.revenue.bars.heads[by];
  return (
    <ChartSection
      title={words.title}
      note={note}
      chart={chart}
      table={<ChartTable {...data} {...{ label, head, annotations }} />}
    />
  );
}

/** The line of the view, with the earlier one dotted under it. */
function mrrChart(view: View, now: ViewSeries, before: ViewSeries | null) {
  const { by, againstWhat } = view;
  const { points, currency } = now.bySteps;
  const own = {
    id: 'now',
    label: words.now[againstWhat],
    color: 'var(--accent)',
    values: valuesOf('mrr', now),
  };
  const earlier = before && earlierSeries('mrr', before, { by, againstWhat, count: points.length });
  return {
    currency,
    points: points.map(({ end }) => ({ id: end, label: stepLabel(by, end), tick: stepTick(by, end) })),
    series: earlier === null ? [own] : [own, earlier],
    format: (value: Decimal) => formatMoney(value, currency),
  };
}
