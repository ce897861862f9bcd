/** A key figure in words: its value, and what it rests on. */

import type { AccountDetail } from '@keepwell/api';
import { formatMoney, formatProbability, formatRecentMoment } from '@keepwell/ui';

import type { Payments } from '../queries/accounts/billing';
import { texts } from '../texts';
import { paidByCurrency, receivedOf } from './PaidFigure';
import type { SheetName } from './timeline/kinds';

const { sheets, unscored, why } = texts.account;

/** A dash where the figure is not known. */
export function sheetValue(
  sheet: SheetName,
  { mrr, currency, risk }: AccountDetail,
  payments: Payments,
): string {
  if (sheet === 'mrr') return formatMoney(mrr, currency);
  if (sheet === 'paid') {
    const received = receivedOf(payments);
    if (received.length === 0) return '–';
    return paidByCurrency(received, currency)
      .map(([of, amount]) => formatMoney(amount, of))
      .join(', ');
  }
  if (risk === null) return '–';
  if (sheet === 'chance') return formatProbability(risk.probability);
  return risk.revenue_at_risk === null ? '–' : formatMoney(risk.revenue_at_risk, currency);
}

export function basisOf(sheet: SheetName, { policy, risk, status, currency }: AccountDetail): string {
  const { basis } = sheets;
  if (sheet === 'mrr') return basis.movements(policy);
  if (sheet === 'paid') return basis.payments;
  if (risk === null) return unscored[status].why;
  const scored = formatRecentMoment(risk.scored_at);
  if (sheet === 'chance') return basis.score(scored, why.trust[risk.signal]);
  return risk.mrr === null
    ? texts.risk.noMoney
    : basis.product(formatMoney(risk.mrr, currency), formatProbability(risk.probability), scored);
}
