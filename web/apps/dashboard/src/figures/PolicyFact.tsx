import { negate, sign, subtract } from '@keepwell/api';

import type { CountedPeriod, PolicyName } from '../queries/revenue/metrics';
import { texts } from '../texts';
import { differenceText, figureText } from './figure-text';
import type { FigureValue } from './read-figure';
import { FIGURES, type FigureId } from './ref';
import { SheetLink } from './SheetLink';
import { useFigure } from './use-figure';
import { useFigureValue } from './use-figure-value';

/** The policy by its name, and what it decides. */
export function PolicyFact({ policy }: { readonly policy: PolicyName }) {
  const { open } = useFigure();
  const { title, summary } = texts.figures.policies[policy];
  return (
    <>
      <SheetLink
        onOpen={() => {
          open('policy');
        }}
      >
        {title}
      </SheetLink>
      <span className="cell-sub">{summary}</span>
    </>
  );
}

export interface OtherPolicyFactProps {
  readonly id: FigureId;
  readonly found: FigureValue;
  readonly period: CountedPeriod;
}

/** The same figure as Stripe counts it, and why it differs; the other way round where Stripe's policy is the reader's. */
export function OtherPolicyFact({ id, found, period }: OtherPolicyFactProps) {
  const { open } = useFigure();
  const other = otherPolicy(found.policy);
  const { data } = useFigureValue(id, { ...period, policy: other });
  if (data === undefined) return texts.common.loading;
  return (
    <>
      {comparison(id, found, data)}
      <span className="cell-sub">
        <SheetLink
          onOpen={() => {
            open({ id: 'stripe', from: period.from, to: period.to });
          }}
        >
          {texts.figures.policies[other].summary}
        </SheetLink>
      </span>
    </>
  );
}

/** The policy that a figure is compared with. */
function otherPolicy(policy: PolicyName): PolicyName {
  return policy === 'stripe' ? 'default' : 'stripe';
}

function comparison(id: FigureId, { value, currency }: FigureValue, { value: other }: FigureValue): string {
  const { unit } = FIGURES[id];
  if (other === null) return texts.figures.unknownValue;
  const shown = figureText(other, unit, currency);
  if (value === null) return texts.figures.other(shown);
  const difference = subtract(other, value);
  if (sign(difference) === 0) return texts.figures.same;
  const size = sign(difference) < 0 ? negate(difference) : difference;
  const words = sign(difference) < 0 ? texts.figures.less : texts.figures.more;
  return words(shown, differenceText(size, unit, currency).replace(/^\+/, ''));
}
