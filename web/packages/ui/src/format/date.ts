/** Days are UTC days, `YYYY-MM-DD`, and formatted in UTC, so that no time zone shifts them. */

export function formatDay(day: string): string {
  return utcFormat({ dateStyle: 'medium' }).format(startOf(day));
}

/** A day with the day of the week, such as "Monday, November 30, 2026". */
export function formatLongDay(day: string): string {
  return utcFormat({ dateStyle: 'full' }).format(startOf(day));
}

/** A day without its year, for the ticks of an axis. */
export function formatDayTick(day: string): string {
  return utcFormat({ day: 'numeric', month: 'short' }).format(startOf(day));
}

/** A month with its year; short in tables, such as "Feb 2024". */
export function formatMonth(day: string, month: 'long' | 'short' = 'long'): string {
  return utcFormat({ month, year: 'numeric' }).format(startOf(day));
}

/** A month for the ticks of an axis; January includes the year. */
export function formatMonthTick(day: string): string {
  const isJanuary = day.slice(5, 7) === '01';
  return utcFormat(isJanuary ? { month: 'short', year: '2-digit' } : { month: 'short' }).format(startOf(day));
}

/** Date and time in UTC, with the zone. */
export function formatMoment(moment: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return `${utcFormat(options).format(new Date(moment))} UTC`;
}

/** Date and time of a recent moment, without the year. */
export function formatRecentMoment(moment: string): string {
  const options = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  return `${utcFormat(options).format(new Date(moment))} UTC`;
}

/** The time of a moment of today, and with its day that of an earlier one. */
export function formatClock(moment: Date, now = new Date()): string {
  const [at, today] = [moment.toISOString(), now.toISOString().slice(0, 10)];
  return at.startsWith(today) ? `${formatTime(at)} UTC` : formatRecentMoment(at);
}

/** The time of day in UTC. */
export function formatTime(moment: string): string {
  return utcFormat({ timeStyle: 'short' }).format(new Date(moment));
}

export function formatWeekday(day: string): string {
  return utcFormat({ weekday: 'long' }).format(startOf(day));
}

/** Today in UTC, by the browser's clock. */
export function todayUtc(): string {
  return new Date().toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  const date = startOf(day);
  date.setUTCDate(date.getUTCDate() + days);
  return isoDay(date);
}

/** The first day of the month that lies `months` before the month of `day`. */
export function startOfMonthBefore(day: string, months: number): string {
  const date = startOf(day);
  date.setUTCMonth(date.getUTCMonth() - months, 1);
  return isoDay(date);
}

/** The same day a year before; the 28th of February for the 29th. */
export function yearBefore(day: string): string {
  const date = startOf(day);
  date.setUTCFullYear(date.getUTCFullYear() - 1);
  return date.getUTCMonth() === startOf(day).getUTCMonth() ? isoDay(date) : addDays(isoDay(date), -1);
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** Formats are slow to make, and long lists write the same few over and over. */
const formats = new Map<string, Intl.DateTimeFormat>();

function utcFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const made = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', ...options });
  formats.set(key, made);
  return made;
}
