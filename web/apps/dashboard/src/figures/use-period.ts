import { addDays, todayUtc, yearBefore } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { mrrQuery, type PolicyName } from '../queries/revenue/metrics';
import { FIGURES, isFigure, type FigureRef } from './ref';

export interface Days {
  readonly from: string;
  readonly to: string;
}

/** Which days and policy the figures of a page are of. */
export interface PageFigures {
  readonly period?: Days | undefined;
  /** What changes are measured against: by default the same days a year before; null for nothing. */
  readonly against?: Days | null | undefined;
  readonly policy?: PolicyName | undefined;
}

/** Today by the server's clock; until it has answered, by the browser's. */
export function useToday(): string {
  return useQuery(mrrQuery()).data?.on ?? todayUtc();
}

/** The twelve months up to a day, as the API's ratios look back: up to the 30th of June from the 1st of July. */
function twelveMonthsTo(day: string): Days {
  return { from: yearBefore(addDays(day, 1)), to: day };
}

export interface SheetDays {
  readonly days: Days;
  /** What changes are measured against; null for nothing. */
  readonly against: Days | null;
}

/** The days that a sheet is about: those in the address, or those of its page. Ratios are of twelve months, sums of the page's days. */
export function useDays(figure: FigureRef, page: PageFigures): SheetDays {
  const today = useToday();
  if (figure.to !== undefined) {
    const days = { from: figure.from ?? twelveMonthsTo(figure.to).from, to: figure.to };
    return { days, against: page.against === null ? null : yearBeforeOf(days) };
  }
  const own = page.period ?? twelveMonthsTo(today);
  const against = page.against === undefined ? yearBeforeOf(own) : page.against;
  if (!isFigure(figure.id) || !FIGURES[figure.id].isRatio) return { days: own, against };
  return { days: twelveMonthsTo(own.to), against: against && twelveMonthsTo(against.to) };
}

function yearBeforeOf({ from, to }: Days): Days {
  return { from: yearBefore(from), to: yearBefore(to) };
}
