import { sign, type Today } from '@keepwell/api';
import {
  Change,
  countValue,
  Figure,
  FigureBand,
  formatCount,
  formatCountChange,
  formatDayTick,
  formatMoney,
  formatMoneyChange,
  formatRatio,
  MoneyFigure,
  Sparkline,
} from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { useFigure } from '../figures/use-figure';
import { texts } from '../texts';

const words = texts.today;

interface LinkProps {
  readonly className: string;
  readonly children: ReactNode;
}

const toPayments = (props: LinkProps) => <Link to="/save-list" search={{ kind: 'involuntary' }} {...props} />;

export function TodayFigures({ today }: { readonly today: Today }) {
  const { currency, failed_payments: failed, mrr, since } = today;
  const { open } = useFigure();
  return (
    <FigureBand label={words.figures}>
      <RiskFigure today={today} />
      <Figure
        label={words.failed}
        value={<MoneyFigure amount={failed.amount} currency={currency} />}
        link={toPayments}
        change={words.failedNote(
          formatCount(failed.payments),
          formatCount(failed.need_person),
          failed.need_person === 1,
        )}
        note={failed.unconverted === 0 ? undefined : words.unconverted(formatCount(failed.unconverted))}
      />
      <Figure
        label={words.accounts}
        value={<data value={mrr.accounts}>{formatCount(mrr.accounts)}</data>}
        onOpen={() => {
          open('paying-accounts');
        }}
        aside={<Sparkline values={mrr.days.map(({ accounts }) => countValue(accounts))} />}
        change={
          <>
            <Change direction={mrr.accounts_change === 0 ? 0 : mrr.accounts_change > 0 ? 1 : -1}>
              {formatCountChange(mrr.accounts_change)}
            </Change>{' '}
            {sinceText(since, today.on)}
          </>
        }
        note={mrr.arpa === null ? undefined : words.arpa(formatMoney(mrr.arpa, currency))}
      />
      <Figure
        label={words.mrr}
        value={
          <span data-testid="mrr" data-value={mrr.mrr}>
            <MoneyFigure amount={mrr.mrr} currency={currency} />
          </span>
        }
        onOpen={() => {
          open('mrr');
        }}
        aside={<Sparkline values={mrr.months.map((month) => month.mrr)} />}
        change={
          <>
            <Change direction={sign(mrr.mrr_change)}>{formatMoneyChange(mrr.mrr_change, currency)}</Change>{' '}
            {sinceText(since, today.on)}
          </>
        }
        note={words.mrrNote(formatDayTick(today.on))}
      />
    </FigureBand>
  );
}

function RiskFigure({ today: { risk, currency, on } }: { readonly today: Today }) {
  const { open } = useFigure();
  const change = risk.revenue_at_risk_change;
  if (risk.model === null)
    return <Figure label={words.riskWithoutModel} value="–" change={words.riskUnscored} />;
  const { label, horizon_days: days } = risk.model;
  if (risk.revenue_at_risk === null)
    return <Figure label={words.risk(days)} value="–" change={texts.risk.noMoney} />;
  return (
    <Figure
      label={label.money === 'spend' ? words.spendRisk(days) : words.risk(days)}
      value={<MoneyFigure amount={risk.revenue_at_risk} currency={currency} />}
      onOpen={() => {
        open('at-risk');
      }}
      aside={<RiskLine days={risk.days} />}
      change={
        change === null || risk.compared_with === null ? undefined : (
          <>
            <Change direction={sign(change)} good="down">
              {formatMoneyChange(change, currency)}
            </Change>{' '}
            {sinceText(risk.compared_with, on)}
          </>
        )
      }
      note={
        risk.share_of_mrr === null
          ? undefined
          : words.riskNote(formatCount(risk.accounts), formatRatio(risk.share_of_mrr))
      }
    />
  );
}

/** A line needs two lists; on its first day a workspace has one. */
function RiskLine({ days }: { readonly days: Today['risk']['days'] }) {
  const values = days.map(({ revenue_at_risk }) => revenue_at_risk);
  return values.filter((value) => value !== null).length < 2 ? null : <Sparkline values={values} />;
}

/** "since yesterday", or the day if it is another. */
function sinceText(since: string, on: string): string {
  const isYesterday = Date.parse(on) - Date.parse(since) === 86_400_000;
  return isYesterday ? words.sinceYesterday : words.since(formatDayTick(since));
}

export function LoadingFigures() {
  return (
    <FigureBand label={words.figures}>
      {[words.riskWithoutModel, words.failed, words.accounts, words.mrr].map((label) => (
        <Figure key={label} label={label} value="–" change=" " note=" " />
      ))}
    </FigureBand>
  );
}
