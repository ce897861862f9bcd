/** The days that a page of figures is about: a few steps up to a day, and those that they are compared with. */

import {
  addDays,
  formatDay,
  formatDayTick,
  formatMonth,
  formatMonthTick,
  startOfMonthBefore,
} from '@keepwell/ui';

import type { Days } from '../figures/use-period';
import { FIRST_DAY } from '../shell/search';
import { texts } from '../texts';
import type { Against, Step } from './steps';

/** How many steps a view has. */
const COUNTS: Readonly<Record<Step, number>> = { day: 30, week: 13, month: 12, quarter: 8, year: 5 };

const WEEK = 7;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The view that ends on a day. Its last step may not be over yet. */
export function viewTo(by: Step, to: string): Days {
  const before = COUNTS[by] - 1;
  if (by === 'day') return { from: addDays(to, -before), to };
  if (by === 'week') return { from: addDays(mondayOf(to), -before * WEEK), to };
  return { from: startOfMonthBefore(startOfStep(by, to), before * MONTHS[by]), to };
}

/** The last day of the view before or after; null after the one that contains today, and before the first day of all. */
export function movedTo(by: Step, view: Days, direction: -1 | 1, today: string): string | null {
  if (direction === -1) return view.from > FIRST_DAY ? addDays(view.from, -1) : null;
  if (view.to >= today) return null;
  const end = endOfStep(by, view.to);
  // A view that ends within a step is completed first.
  const next = end > view.to ? end : shifted(by, end, 1);
  return next < today ? next : today;
}

/** The days that a view is compared with; null if it is not. */
export function comparedWith(by: Step, { to }: Days, against: Against): Days | null {
  if (against === 'off') return null;
  if (against === 'previous') return viewTo(by, shifted(by, to, -1));
  // 52 weeks, so that weeks are compared with weeks.
  return viewTo(by, by === 'week' ? addDays(to, -52 * WEEK) : monthsAfter(to, -12));
}

/** The same day of the view before or after: as many steps away as a view has. */
function shifted(by: Step, day: string, direction: -1 | 1): string {
  const steps = COUNTS[by] * direction;
  if (by === 'day') return addDays(day, steps);
  if (by === 'week') return addDays(day, steps * WEEK);
  return monthsAfter(day, steps * MONTHS[by]);
}

/** The same day in another month: its last day, if the month is shorter or the day was the last of its own. */
export function monthsAfter(day: string, months: number): string {
  const first = startOfMonthBefore(day, -months);
  const last = endOfMonth(first);
  if (endOfMonth(day) === day) return last;
  const same = `${first.slice(0, 8)}${day.slice(8)}`;
  return same < last ? same : last;
}

export function endOfMonth(day: string): string {
  return addDays(startOfMonthBefore(day, -1), -1);
}

function startOfStep(by: 'month' | 'quarter' | 'year', day: string): string {
  const month = Number(day.slice(5, 7)) - 1;
  return startOfMonthBefore(day, month % MONTHS[by]);
}

function endOfStep(by: Step, day: string): string {
  if (by === 'day') return day;
  if (by === 'week') return addDays(mondayOf(day), WEEK - 1);
  return addDays(startOfMonthBefore(startOfStep(by, day), -MONTHS[by]), -1);
}

function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + WEEK - 1) % WEEK));
}

/** A step by the day in it that the API names, in words and for the axis of a chart. */
export function stepLabel(by: Step, day: string): string {
  if (by === 'day') return formatDay(day);
  if (by === 'week') return texts.revenue.week(formatDay(mondayOf(day)));
  if (by === 'month') return formatMonth(day);
  return by === 'quarter' ? texts.revenue.quarter(quarterOf(day), yearOf(day)) : yearOf(day);
}

export function stepTick(by: Step, day: string): string {
  if (by === 'day') return formatDayTick(day);
  if (by === 'week') return formatDayTick(mondayOf(day));
  if (by === 'month') return formatMonthTick(day);
  return by === 'quarter' ? texts.revenue.quarterTick(quarterOf(day), yearOf(day).slice(2)) : yearOf(day);
}

/** The whole view in words: "Dec 2025 to Nov 2026". */
export function viewLabel(by: Step, { from, to }: Days): string {
  const short = (day: string) => (by === 'month' ? formatMonth(day, 'short') : stepLabel(by, day));
  const isByDays = by === 'day' || by === 'week';
  return texts.figures.between(
    isByDays ? formatDay(from) : short(from),
    isByDays ? formatDay(to) : short(to),
  );
}

function quarterOf(day: string): string {
  return `${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

function yearOf(day: string): string {
  return day.slice(0, 4);
}
