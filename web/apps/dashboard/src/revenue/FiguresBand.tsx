import { Change, Figure, FigureBand, formatDay, LoadingBand, MoneyFigure, Sparkline } from '@keepwell/ui';

import { figureChange, figureText } from '../figures/figure-text';
import { FIGURES } from '../figures/ref';
import { useFigure } from '../figures/use-figure';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { courseOf, type BandFigure, type FigureCourse } from './band';
import type { useSeries } from './use-series';
import type { View } from './view';

export interface FiguresBandProps {
  readonly view: View;
  readonly figures: readonly BandFigure[];
  readonly series: ReturnType<typeof useSeries>;
  /** Over how many months ratios look back. */
  readonly over: number;
}

/** The key figures with their change and course; each opens its sheet. */
export function FiguresBand({ view, figures, series: { now, before }, over }: FiguresBandProps) {
  const words = texts.revenue;
  const { to } = view.days;
  const changes = view.against === null ? null : words.changesAgainst(formatDay(view.against.to));
  const labels = figures.map((id) => words.figures[id]);
  return (
    <>
      <Loaded query={now} loading={<LoadingBand label={words.loading.figures} figures={labels} />}>
        {(series) => (
          <FigureBand label={words.band}>
            {figures.map((id) => (
              <OneFigure
                key={id}
                figure={courseOf(id, series, before)}
                currency={series.bySteps.currency}
                isCompared={view.against !== null}
                since={over === 12 ? null : (series.byMonths.points.at(-1)?.since ?? null)}
                to={to}
              />
            ))}
          </FigureBand>
        )}
      </Loaded>
      <p className="small revenue-band-note">
        {words.bandNote(words.ratiosOver(over, formatDay(to)), changes)}
      </p>
    </>
  );
}

interface OneFigureProps {
  readonly figure: FigureCourse;
  readonly currency: string;
  readonly isCompared: boolean;
  /** The first day that a ratio counts, unless it is of twelve months, as its sheet is by itself. */
  readonly since: string | null;
  readonly to: string;
}

function OneFigure({ figure, currency, isCompared, since, to }: OneFigureProps) {
  const { id, value, earlier, course } = figure;
  const { open } = useFigure();
  const { unit, good, isRatio } = FIGURES[id];
  const change = figureChange(earlier, value, { unit, currency });
  return (
    <Figure
      label={texts.revenue.figures[id]}
      value={<Value value={value} unit={unit} currency={currency} />}
      onOpen={() => {
        open(isRatio && since !== null ? { id, from: since, to } : id);
      }}
      aside={<Sparkline values={course} />}
      change={
        change === null || earlier === null ? (
          isCompared && texts.revenue.unknownEarlier
        ) : (
          <>
            <Change direction={change.shortDirection} good={good}>
              {change.short}
            </Change>{' '}
            {texts.revenue.from(figureText(earlier, unit, currency))}
          </>
        )
      }
    />
  );
}

interface ValueProps {
  readonly value: FigureCourse['value'];
  readonly unit: (typeof FIGURES)[BandFigure]['unit'];
  readonly currency: string;
}

function Value({ value, unit, currency }: ValueProps) {
  if (value === null) return <span className="muted">{texts.common.unknown}</span>;
  if (unit === 'money') return <MoneyFigure amount={value} currency={currency} />;
  return <data value={value}>{figureText(value, unit, currency)}</data>;
}
