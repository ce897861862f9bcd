/** The value of a figure, from the report of the API that has it. */

import type { Decimal } from '@keepwell/api';
import { countValue } from '@keepwell/ui';
import type { QueryClient } from '@tanstack/react-query';

import { movementTotalsQuery, type MovementRowsFilter } from '../queries/revenue/movements';
import {
  churnQuery,
  lifetimeValueQuery,
  movementsQuery,
  mrrQuery,
  retentionQuery,
  type CountedPeriod,
  type PolicyName,
} from '../queries/revenue/metrics';
import type { FigureId } from './ref';

export interface FigureValue {
  /** Null if it is not known. */
  readonly value: Decimal | null;
  readonly currency: string;
  readonly policy: PolicyName;
  /** Which movements it rests on. */
  readonly rows: MovementRowsFilter;
  readonly accounts?: number;
}

/** Reads through the cache, so that a figure that the page shows already is not asked for again. */
export async function readFigure(
  client: QueryClient,
  id: FigureId,
  period: CountedPeriod,
): Promise<FigureValue> {
  switch (id) {
    case 'mrr':
    case 'arr':
    case 'arpa':
    case 'paying-accounts':
      return dayFigure(client, id, period);
    case 'nrr':
    case 'grr': {
      const report = await client.query(retentionQuery(period));
      return { ...stated(report), value: id === 'nrr' ? report.net : report.gross };
    }
    case 'account-churn':
    case 'revenue-churn': {
      const report = await client.query(churnQuery(period));
      const rates = {
        'account-churn': report.account_rate_monthly,
        'revenue-churn': report.revenue_rate_monthly,
      };
      return { ...stated(report), value: rates[id] };
    }
    case 'ltv': {
      const report = await client.query(lifetimeValueQuery(period));
      return { ...stated(report), value: report.lifetime_value };
    }
    case 'cohort':
      return cohortFigure(client, period);
    case 'quick-ratio':
    case 'movements':
    case 'new':
    case 'expansion':
    case 'contraction':
    case 'churn':
    case 'reactivation':
    case 'fx':
      return periodFigure(client, id, period);
  }
}

async function dayFigure(
  client: QueryClient,
  id: 'mrr' | 'arr' | 'arpa' | 'paying-accounts',
  { to, policy }: CountedPeriod,
): Promise<FigureValue> {
  const report = await client.query(mrrQuery(to, policy));
  const { mrr, arr, arpa, accounts } = report;
  const values = { mrr, arr, arpa, 'paying-accounts': countValue(accounts) };
  return { ...stated(report), value: values[id], accounts };
}

/** The period is the first day of the cohort's month, and the day at whose end its revenue is asked for. */
async function cohortFigure(client: QueryClient, { from, to, policy }: CountedPeriod): Promise<FigureValue> {
  const rows = { cohort: from, to, ...(policy && { policy }) };
  const totals = await client.query(movementTotalsQuery(rows));
  return { value: totals.amount, currency: totals.currency, policy: totals.policy, rows };
}

type MovementFigure =
  | 'movements'
  | 'quick-ratio'
  | 'new'
  | 'expansion'
  | 'contraction'
  | 'churn'
  | 'reactivation'
  | 'fx';

async function periodFigure(
  client: QueryClient,
  id: MovementFigure,
  period: CountedPeriod,
): Promise<FigureValue> {
  const report = await client.query(movementsQuery({ ...period, by: 'total' }));
  const [total] = report.periods;
  const figure = stated(report);
  if (total === undefined) return { ...figure, value: null };
  if (id === 'movements') return { ...figure, value: total.net };
  if (id === 'quick-ratio') return { ...figure, value: total.quick_ratio };
  return { ...figure, value: total[id], rows: { ...figure.rows, kind: id } };
}

function stated(report: { readonly currency: string; readonly policy: PolicyName; readonly rows: string }) {
  return { currency: report.currency, policy: report.policy, rows: rowsOf(report.rows) };
}

/** The filter in the address of the rows. */
export function rowsOf(address: string): MovementRowsFilter {
  return Object.fromEntries(new URLSearchParams(address.slice(address.indexOf('?') + 1)));
}
