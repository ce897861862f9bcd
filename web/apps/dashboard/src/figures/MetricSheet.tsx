import {
  Change,
  Facts,
  formatCount,
  formatDay,
  formatMonth,
  MoneyFigure,
  Sheet,
  Skeleton,
} from '@keepwell/ui';

import type { CountedPeriod } from '../queries/revenue/metrics';
import { Loaded } from '../shell/Loaded';
import { texts } from '../texts';
import { figureChange, figureText } from './figure-text';
import { FigureRows } from './FigureRows';
import { FreshFact } from './FreshFact';
import { OtherPolicyFact, PolicyFact } from './PolicyFact';
import type { FigureValue } from './read-figure';
import { FIGURES, type FigureId, type FigureRef } from './ref';
import { useFigureValue } from './use-figure-value';
import { useDays, type Days, type PageFigures } from './use-period';

export interface MetricSheetProps {
  readonly id: FigureId;
  readonly figure: FigureRef;
  readonly page: PageFigures;
  readonly onClose: () => void;
}

/** What a figure of the metrics means, what it rests on, and its rows. */
export function MetricSheet({ id, figure, page, onClose }: MetricSheetProps) {
  const { days, against } = useDays(figure, page);
  const period = { ...days, policy: page.policy };
  const query = useFigureValue(id, period);
  const definition = texts.figures.definitions[id];
  return (
    <Sheet title={definition.title} note={whenOf(id, days)} closeLabel={texts.common.close} onClose={onClose}>
      <Loaded query={query} loading={<Skeleton label={texts.figures.loading} lines={8} />}>
        {(found) => (
          <>
            <Headline id={id} found={found} against={against && { ...against, policy: page.policy }} />
            <Facts
              facts={[
                [texts.figures.facts.means, definition.means],
                [texts.figures.facts.policy, <PolicyFact key="policy" policy={found.policy} />],
                [texts.figures.facts.fresh, <FreshFact key="fresh" />],
                [
                  found.policy === 'stripe' ? texts.figures.facts.ourselves : texts.figures.facts.stripe,
                  <OtherPolicyFact key="other" id={id} found={found} period={period} />,
                ],
              ]}
            />
            <FigureRows id={id} found={found} to={days.to} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function whenOf(id: FigureId, { from, to }: Days): string {
  const { on, between, ofCohort } = texts.figures;
  const { span } = FIGURES[id];
  if (span === 'day') return on(formatDay(to));
  if (span === 'cohort') return ofCohort(formatMonth(from, 'short'), formatDay(to));
  return between(formatDay(from), formatDay(to));
}

interface HeadlineProps {
  readonly id: FigureId;
  readonly found: FigureValue;
  readonly against: CountedPeriod | null;
}

function Headline({ id, found, against }: HeadlineProps) {
  const { value, currency, accounts } = found;
  const { unit } = FIGURES[id];
  if (value === null) {
    return (
      <div>
        <p className="figures-value">{texts.figures.unknownValue}</p>
        <p className="figures-note">{texts.figures.unknownBecause}</p>
      </div>
    );
  }
  const paying = id === 'mrr' || id === 'arr' ? accounts : undefined;
  return (
    <div>
      <p className="figures-value">
        {unit === 'money' || unit === 'change' ? (
          <MoneyFigure
            amount={value}
            currency={currency}
            signDisplay={unit === 'change' ? 'exceptZero' : 'negative'}
          />
        ) : (
          <data value={value}>{figureText(value, unit, currency)}</data>
        )}
      </p>
      <p className="figures-note">
        {paying === undefined ? null : `${texts.figures.accounts(formatCount(paying), paying === 1)}; `}
        {against === null || id === 'cohort' ? null : <ChangeSince id={id} found={found} against={against} />}
      </p>
    </div>
  );
}

interface ChangeSinceProps extends HeadlineProps {
  readonly against: CountedPeriod;
}

function ChangeSince({ id, found, against }: ChangeSinceProps) {
  const { data: earlier } = useFigureValue(id, against);
  const { unit, good, span } = FIGURES[id];
  if (earlier?.value == null) return null;
  const change = figureChange(earlier.value, found.value, { unit, currency: found.currency });
  if (change === null) return null;
  const before = figureText(earlier.value, unit, found.currency);
  return (
    <>
      <Change direction={change.direction} good={good}>
        {change.exact}
      </Change>{' '}
      {texts.figures.changeFrom(before)},{' '}
      {span === 'day'
        ? formatDay(against.to)
        : texts.figures.between(formatDay(against.from), formatDay(against.to))}
    </>
  );
}
