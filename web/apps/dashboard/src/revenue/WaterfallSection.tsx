import type { Decimal, MovementsReport } from '@keepwell/api';
import {
  ChartSection,
  formatDay,
  formatMoney,
  formatMoneyChange,
  formatMoneyCompact,
  formatMoneyRounded,
  formatMoneyTick,
  addDays,
  Section,
  Skeleton,
  WaterfallChart,
  WaterfallTable,
  type WaterfallStep,
} from '@keepwell/ui';

import { isFigure } from '../figures/ref';
import { useFigure } from '../figures/use-figure';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { viewLabel } from './periods';
import { useTotals } from './use-totals';
import type { View } from './view';
import { waterfallSteps } from './waterfall';

const words = texts.revenue.waterfall;

/** From the opening MRR of the view to its closing one. */
export function WaterfallSection({ view }: { readonly view: View }) {
  const query = useTotals(view, view.days);
  const loading = (
    <Section title={words.title}>
      <Skeleton label={texts.revenue.loading.chart} height={260} />
    </Section>
  );
  return (
    <Loaded query={query} loading={loading}>
      {(report) => <Waterfall view={view} report={report} />}
    </Loaded>
  );
}

function Waterfall({ view, report }: { readonly view: View; readonly report: MovementsReport }) {
  const { open } = useFigure();
  const { by, days } = view;
  const [total] = report.periods;
  const steps = total === undefined ? [] : waterfallSteps(total);
  const formats = formatsIn(report.currency);
  const label = words.label(viewLabel(by, days));
  const openStep = (id: string) => {
    if (isFigure(id)) open({ id, ...days });
    else open({ id: 'mrr', to: id === 'opening' ? addDays(days.from, -1) : days.to });
  };
  return (
    <ChartSection
      title={words.title}
      note={texts.figures.between(formatDay(days.from), formatDay(days.to))}
      chart={<WaterfallChart {...formats} label={label} steps={steps} onOpen={openStep} />}
      table={<WaterfallTable label={label} steps={steps} format={formats.format} />}
    />
  );
}

/** Changes carry a sign, levels do not. */
function formatsIn(currency: string) {
  const signOf = ({ kind }: WaterfallStep) => (kind === 'change' ? 'exceptZero' : 'negative');
  return {
    format: (amount: Decimal, step: WaterfallStep) =>
      step.kind === 'change' ? formatMoneyChange(amount, currency) : formatMoney(amount, currency),
    formatShort: (amount: Decimal, step: WaterfallStep) => formatMoneyRounded(amount, currency, signOf(step)),
    formatCompact: (amount: Decimal, step: WaterfallStep) => formatMoneyCompact(amount, signOf(step)),
    formatTick: (value: number, places: number) => formatMoneyTick(value, currency, places),
  };
}
