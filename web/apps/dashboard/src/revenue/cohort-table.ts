/** Cohorts as rows of a heat table, and what all of them together say. */

import { changeRatio, sign, subtract, sum, type CohortLine, type Decimal } from '@keepwell/api';
import { countValue, formatCount, formatMonth, type HeatRow } from '@keepwell/ui';

import { texts } from '../texts';

/** Shares by months after the first one; null if a month has not ended, or nobody began. */
type Shares = readonly (Decimal | null)[];

export interface CohortTable {
  readonly columns: readonly string[];
  readonly rows: readonly HeatRow[];
  readonly foot: HeatRow;
}

export function customersTable(cohorts: readonly CohortLine[]): CohortTable {
  return tableOf(cohorts, ({ size, accounts }) => ({
    whole: countValue(size),
    parts: accounts.map((count) => (count === null ? null : countValue(count))),
  }));
}

export function revenueTable(cohorts: readonly CohortLine[]): CohortTable {
  return tableOf(cohorts, ({ mrr }) => ({ whole: mrr[0] ?? null, parts: mrr }));
}

interface Parts {
  readonly whole: Decimal | null;
  readonly parts: Shares;
}

function tableOf(cohorts: readonly CohortLine[], partsOf: (cohort: CohortLine) => Parts): CohortTable {
  const rows = cohorts.map((cohort) => {
    const { whole, parts } = partsOf(cohort);
    return {
      id: cohort.month,
      label: formatMonth(cohort.month, 'short'),
      size: formatCount(cohort.size),
      values: parts.map((part) => shareOf(part, whole)),
    };
  });
  const last = Math.max(...rows.map(({ values }) => values.findLastIndex((value) => value !== null)));
  const columns = cohorts.slice(0, last + 1).map((_, index) => `${index}`);
  const foot = {
    id: 'all',
    label: texts.revenue.cohortTable.all,
    size: formatCount(cohorts.reduce((total, { size }) => total + size, 0)),
    values: columns.map((_, column) => shareOfAll(cohorts.map(partsOf), column)),
  };
  return { columns, rows, foot };
}

function shareOf(part: Decimal | null | undefined, whole: Decimal | null): Decimal | null {
  if (part === null || part === undefined || whole === null) return null;
  const change = changeRatio(whole, part);
  return change === null ? null : sum(['1', change]);
}

/** Of the cohorts that have come so far. */
function shareOfAll(all: readonly Parts[], column: number): Decimal | null {
  const there = all.filter(({ parts }) => (parts[column] ?? null) !== null);
  return shareOf(sumOf(there.map(({ parts }) => parts[column])), sumOf(there.map(({ whole }) => whole)));
}

function sumOf(values: readonly (Decimal | null | undefined)[]): Decimal {
  return sum(values.flatMap((value) => (value === null || value === undefined ? [] : [value])));
}

/**
 * Of 1, how much is left after each month, all cohorts together: the product of what was kept from month to month, so that
 * young cohorts count in the months that they have. Null from where no cohort is known.
 */
export function survival(cohorts: readonly CohortLine[]): readonly (number | null)[] {
  let left: number | null = null;
  return cohorts.map((_, month) => {
    const pairs = cohorts.flatMap(({ size, accounts }) => {
      const [before, after] = [month === 0 ? size : accounts[month - 1], accounts[month]];
      return before == null || after == null ? [] : [{ before, after }];
    });
    const before = pairs.reduce((total, pair) => total + pair.before, 0);
    const after = pairs.reduce((total, pair) => total + pair.after, 0);
    if (before === 0 || (month > 0 && left === null)) return (left = null);
    return (left = (left ?? 1) * (after / before));
  });
}

export interface Least {
  readonly month: string;
  readonly share: Decimal;
  readonly months: number;
}

/** Of fewer customers, each one decides. */
export const SMALLEST_COHORT = 20;

/** The cohort that has kept least so far, of those that are large and at least three months old. */
export function leastKept({ rows }: CohortTable, cohorts: readonly CohortLine[]): Least | null {
  const last = rows.flatMap(({ label, values }, index) => {
    const months = values.findLastIndex((value) => value !== null);
    const share = values[months] ?? null;
    return share === null || months < 3 || (cohorts[index]?.size ?? 0) < SMALLEST_COHORT
      ? []
      : [{ month: label, share, months }];
  });
  const [first, ...others] = last;
  if (first === undefined) return null;
  return others.reduce((least, each) => (sign(subtract(each.share, least.share)) < 0 ? each : least), first);
}
