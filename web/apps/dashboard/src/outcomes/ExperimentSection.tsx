import type { ArmFigures, Decimal, Experiment } from '@keepwell/api';
import {
  Callout,
  formatCount,
  formatMoney,
  formatProbability,
  IntervalDots,
  MoneyFigure,
  Section,
  Tag,
  type TagTone,
} from '@keepwell/ui';

import { texts } from '../texts';
import { intervalsOf, leftShare, shareText } from './effect';

const words = texts.outcomes;

const TONES: Record<Experiment['verdict'], TagTone> = {
  no_holdout: 'neutral',
  mismatch: 'warning',
  fewer_left: 'positive',
  more_left: 'negative',
  not_sure: 'neutral',
};

export interface ExperimentSectionProps {
  readonly title: string;
  readonly experiment: Experiment;
  readonly currency: string;
  readonly contactCost: Decimal | null;
}

/** What following up changed among the cases that were drawn with one share: the verdict, the money, the effect, both arms. */
export function ExperimentSection({ title, experiment, currency, contactCost }: ExperimentSectionProps) {
  const { verdict, acted, held, open, unknown, held_share } = experiment;
  const decided = formatCount(acted.cases + held.cases);
  return (
    <Section
      title={title}
      note={
        <>
          <Tag tone={TONES[verdict]}>{words.verdicts[verdict]}</Tag> {shareText(held_share)} ·{' '}
          {words.decided(decided, formatCount(open))}
        </>
      }
    >
      <div className="experiment">
        {verdict === 'mismatch' ? <Mismatch experiment={experiment} /> : null}
        <SavedFigure experiment={experiment} currency={currency} contactCost={contactCost} />
        {verdict === 'no_holdout' ? null : <Effect experiment={experiment} />}
        <Arms experiment={experiment} />
        {unknown === 0 ? null : <p className="small">{words.unknownCases(formatCount(unknown))}</p>}
      </div>
    </Section>
  );
}

function Mismatch({ experiment: { split } }: { readonly experiment: Experiment }) {
  return (
    <Callout tone="warning" title={words.why.mismatch}>
      {split === null ? null : <p>{words.split(formatCount(split.held), formatCount(split.accounts))}</p>}
    </Callout>
  );
}

function SavedFigure({ experiment, currency, contactCost }: Omit<ExperimentSectionProps, 'title'>) {
  const { saved, verdict } = experiment;
  const shown = saved.is_shown ? (saved.net ?? saved.mrr) : null;
  const money = (amount: Decimal) => formatMoney(amount, currency);
  if (shown === null) {
    const { per_case: each } = saved;
    return (
      <div>
        <p className="figure-label">{words.saved}</p>
        <p className="experiment-figure muted">
          {verdict === 'mismatch' || verdict === 'no_holdout' ? words.nothingToSay : words.notYet}
        </p>
        <p className="small">
          {verdict === 'mismatch'
            ? null
            : verdict === 'no_holdout'
              ? words.why.no_holdout
              : words.why.not_sure}{' '}
          {verdict !== 'not_sure' || each === null
            ? null
            : words.perCase(money(each.amount), money(each.amount_low), money(each.amount_high))}
        </p>
      </div>
    );
  }
  return (
    <div>
      <p className="figure-label">{contactCost === null ? words.savedGross : words.saved}</p>
      <p className="experiment-figure">
        <MoneyFigure amount={shown.amount} currency={currency} />
      </p>
      <p className="small">
        {words.savedDetail(money(shown.amount_low), money(shown.amount_high))} ·{' '}
        {saved.mrr === null || saved.cost === null
          ? words.noCost
          : words.lessCost(money(saved.mrr.amount), money(saved.cost))}
      </p>
    </div>
  );
}

function Effect({ experiment }: { readonly experiment: Experiment }) {
  const intervals = intervalsOf(experiment);
  if (intervals.length === 0) return <p className="small">{words.noInterval}</p>;
  return (
    <div>
      <p className="figure-label">{words.effect}</p>
      <IntervalDots
        label={words.effect}
        heads={[null, words.looksHead]}
        intervals={intervals}
        noEffect={0}
        noEffectLabel={words.noEffect}
      />
      <p className="small">{words.verdictBy}</p>
    </div>
  );
}

function Arms({ experiment: { acted, held, verdict } }: { readonly experiment: Experiment }) {
  return (
    <div className="arms" role="group" aria-label={words.arms}>
      <Arm label={words.acted} arm={acted} className="arm-acted" />
      {verdict === 'no_holdout' ? null : <Arm label={words.held} arm={held} className="arm-held" />}
    </div>
  );
}

interface ArmProps {
  readonly label: string;
  readonly arm: ArmFigures;
  readonly className: string;
}

function Arm({ label, arm, className }: ArmProps) {
  const share = leftShare(arm);
  return (
    <div className="arm">
      <span>{label}</span>
      <span className="arm-track" aria-hidden="true">
        <span className={`arm-bar ${className}`} style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
      <span className="arm-count">
        {share === null ? (
          words.noCases
        ) : (
          <>
            {words.left(formatCount(arm.left), formatCount(arm.cases))},{' '}
            <b className="strong">{formatProbability(share)}</b>
          </>
        )}
      </span>
    </div>
  );
}
