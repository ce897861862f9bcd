import { sign, sum, type AccountDetail, type Decimal, type TimelineItem } from '@keepwell/api';
import {
  Change,
  Figure,
  FigureBand,
  formatCount,
  formatCountChange,
  formatMoneyChange,
  formatProbability,
  MoneyFigure,
  Sparkline,
  yearBefore,
} from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../texts';
import { PaidFigure } from './PaidFigure';
import { scoresOf } from './facts/highlights';
import type { SheetName } from './timeline/kinds';
import { shortDay } from './timeline/TimelineDays';

const words = texts.account;

export interface AccountFiguresProps {
  readonly account: AccountDetail;
  readonly highlights: readonly TimelineItem[] | undefined;
  readonly today: string;
  readonly onOpen: (sheet: SheetName) => void;
}

/** What the account pays, how likely it is to leave, what that would cost, and what it has paid. */
export function AccountFigures(props: AccountFiguresProps) {
  return (
    <FigureBand label={words.figures}>
      <MrrFigure {...props} />
      <ChanceFigure {...props} />
      <AtRiskFigure {...props} />
      <PaidFigure
        account={props.account}
        onOpen={() => {
          props.onOpen('paid');
        }}
      />
    </FigureBand>
  );
}

/** What an account that pays for no subscription spends, if its events say so; the MRR of every other. */
function MrrFigure(props: AccountFiguresProps) {
  const { risk, currency, mrr } = props.account;
  const spend = sign(mrr) === 0 && risk?.label.money === 'spend' ? risk.mrr : null;
  if (spend === null) return <PaidMrrFigure {...props} />;
  return (
    <Figure
      label={words.spend}
      value={<MoneyFigure amount={spend} currency={currency} />}
      change={words.onAverage}
    />
  );
}

function PaidMrrFigure({ account, today, onOpen }: AccountFiguresProps) {
  const { mrr, currency, movements, revenue_uncertain_since: uncertain } = account;
  const change = changeSince(movements, yearBefore(today));
  return (
    <Figure
      label={words.mrr}
      value={<MoneyFigure amount={mrr} currency={currency} />}
      onOpen={() => {
        onOpen('mrr');
      }}
      change={
        uncertain !== null ? (
          <span className="warn">{words.uncertain}</span>
        ) : sign(change) === 0 ? (
          words.unchanged
        ) : (
          <>
            <Change direction={sign(change)}>{formatMoneyChange(change, currency)}</Change>{' '}
            {words.inTwelveMonths}
          </>
        )
      }
    />
  );
}

/** What the movements after a day add up to: the MRR now less the MRR then. */
function changeSince(movements: AccountDetail['movements'], day: string): Decimal {
  return sum(movements.filter(({ on }) => on > day).map(({ amount }) => amount));
}

function ChanceFigure({ account, highlights, today, onOpen }: AccountFiguresProps) {
  const { risk, status } = account;
  if (risk === null) {
    return <Figure label={words.chance} value="–" change={words.unscored[status].short} />;
  }
  const scores = scoresOf(highlights ?? [], risk);
  const points = scores.map(({ probability }) => probability.toFixed(4) as Decimal);
  return (
    <Figure
      label={words.chances[risk.label.name]}
      value={formatProbability(risk.probability)}
      onOpen={() => {
        onOpen('chance');
      }}
      aside={points.length < 2 ? undefined : <Sparkline values={points} />}
      change={highlights === undefined ? ' ' : <ChanceChange scores={scores} today={today} />}
    />
  );
}

interface ChanceChangeProps {
  readonly scores: ReturnType<typeof scoresOf>;
  readonly today: string;
}

function ChanceChange({ scores, today }: ChanceChangeProps) {
  const [newest, before] = [scores.at(-1), scores.at(-2)];
  if (newest === undefined || before === undefined) return words.firstScore;
  const change = Math.round((newest.probability - before.probability) * 100);
  const day = shortDay(before.day, today);
  if (change === 0) return words.sameChance(day);
  return (
    <>
      <Change direction={change > 0 ? 1 : -1} good="down">
        {words.points(formatCountChange(change))}
      </Change>{' '}
      {words.sinceDay(day)}
    </>
  );
}

function AtRiskFigure({ account: { risk, currency, status }, onOpen }: AccountFiguresProps) {
  if (risk === null) return <Figure label={words.atRisk} value="–" change={words.unscored[status].short} />;
  const { rank, revenue_at_risk } = risk;
  return (
    <Figure
      label={risk.label.money === 'spend' ? words.spendAtRisk : words.atRisk}
      value={revenue_at_risk === null ? '–' : <MoneyFigure amount={revenue_at_risk} currency={currency} />}
      onOpen={() => {
        onOpen('at-risk');
      }}
      change={rank === null ? words.onNoList : <Link to="/save-list">{words.rank(formatCount(rank))}</Link>}
    />
  );
}

export function LoadingFigures() {
  return (
    <FigureBand label={words.figures}>
      {[words.mrr, words.chance, words.atRisk, words.paid].map((label) => (
        <Figure key={label} label={label} value="–" change=" " />
      ))}
    </FigureBand>
  );
}
