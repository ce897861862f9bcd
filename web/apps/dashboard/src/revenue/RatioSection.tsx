import type { SeriesReport } from '@keepwell/api';
import {
  ChartSection,
  ChartTable,
  EmptyState,
  formatDecimal,
  formatMoneyTick,
  isFlat,
  LineChart,
  Section,
  Skeleton,
  type ChartData,
  type FormatTick,
} from '@keepwell/ui';

import { figureText } from '../figures/figure-text';
import { FIGURES, type Unit } from '../figures/ref';
import { useFigure } from '../figures/use-figure';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { valuesOf, type BandFigure, type ViewSeries } from './band';
import { earlierSeries } from './earlier-series';
import { stepLabel, stepTick } from './periods';
import type { useSeries } from './use-series';
import type { View } from './view';

const words = texts.revenue.retentionPage;

const LABELS: Readonly<Partial<Record<BandFigure, string>>> = {
  nrr: words.net,
  grr: words.gross,
  'account-churn': words.accounts,
  'revenue-churn': words.revenue,
};
const emptyDetails: Readonly<Partial<Record<BandFigure, string>>> = words.emptyDetails;
const COLORS = ['var(--accent)', 'var(--series-new)'] as const;

export interface RatioSectionProps {
  /** By months or longer steps. */
  readonly view: View;
  readonly series: ReturnType<typeof useSeries>;
  readonly title: string;
  /** One or two of the same unit. */
  readonly figures: readonly [BandFigure, ...BandFigure[]];
}

/** The course of ratios, with what they mean under them. A single one also has its earlier course. */
export function RatioSection({ view, series: { now, before }, title, figures }: RatioSectionProps) {
  const loading = (
    <Section title={title}>
      <Skeleton label={texts.revenue.loading.chart} height={260} />
    </Section>
  );
  const meanings = figures.map((id) => texts.figures.definitions[id].means);
  return (
    <>
      <Loaded query={now} loading={loading}>
        {(series) => <Ratios {...{ view, title, figures }} now={series} before={before} />}
      </Loaded>
      {meanings.map((meaning) => (
        <p key={meaning} className="small revenue-say">
          {meaning}
        </p>
      ))}
    </>
  );
}

interface RatiosProps extends Pick<RatioSectionProps, 'view' | 'title' | 'figures'> {
  readonly now: ViewSeries;
  readonly before: ViewSeries | null;
}

function Ratios({ view, title, figures, now, before }: RatiosProps) {
  const { open } = useFigure();
  const { by } = view;
  const [first] = figures;
  const { byMonths } = now;
  const data = ratioChart({ view, title, figures, now, before });
  if (isFlat(data.series)) {
    return (
      <Section title={title}>
        <EmptyState title={words.empty} icon="chart">
          {emptyDetails[first] ?? words.emptyDetail}
        </EmptyState>
      </Section>
    );
  }
  const chart = (
    <LineChart
      {...data}
      label={title}
      formatTick={tickOf(FIGURES[first].unit, byMonths.currency)}
      onOpen={(end) => {
        open({ id: first, ...sinceOf(byMonths, end), to: end });
      }}
    />
  );
  return (
    <ChartSection
      title={title}
      note={words.overNote(words.overs[view.over])}
      chart={chart}
      table={<ChartTable {...data} label={title} head={texts.revenue.bars.heads[by]} />}
    />
  );
}

function sinceOf({ points }: SeriesReport, end: string) {
  const since = points.find((point) => point.end === end)?.since ?? null;
  return since === null ? {} : { from: since };
}

function ratioChart({ view, title, figures, now, before }: RatiosProps): ChartData {
  const { by } = view;
  const { points, currency } = now.byMonths;
  const own = figures.map((id, index) => ({
    id,
    label: LABELS[id] ?? title,
    color: COLORS[index] ?? COLORS[0],
    values: valuesOf(id, now),
  }));
  const [first] = figures;
  const isAlone = figures.length === 1 && before !== null;
  const { againstWhat } = view;
  const earlier = isAlone ? [earlierSeries(first, before, { by, againstWhat, count: points.length })] : [];
  return {
    points: points.map(({ end }) => ({ id: end, label: stepLabel(by, end), tick: stepTick(by, end) })),
    series: [...own, ...earlier],
    format: (value) => figureText(value, FIGURES[first].unit, currency),
  };
}

function tickOf(unit: Unit, currency: string): FormatTick {
  if (unit === 'money') return (value, places) => formatMoneyTick(value, currency, places);
  if (unit === 'number') return (value, places) => formatDecimal(`${value}`, places);
  const format = (places: number) =>
    new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: places - 1 });
  return (value, places) => format(places).format(value);
}
