import type { Run } from '@keepwell/api';
import { addDays, type TagTone } from '@keepwell/ui';

/** How far a run has come; a list that is scored is judged next. */
export type RunProgress = Exclude<Run['state'], 'scored'> | 'scored' | 'judged';

export const TONES: Record<RunProgress, TagTone> = {
  judged: 'positive',
  scored: 'neutral',
  silent: 'negative',
  not_scored: 'warning',
  missed: 'warning',
};

export interface NightRow {
  readonly run: Run;
  /** The first of several nights that were missed in a row; that of the run for any other. */
  readonly from: string;
  readonly nights: number;
}

/** A row for each run, in their order; the nights of one downtime are one row, since they say the same. */
export function nightRows(runs: readonly Run[]): readonly NightRow[] {
  const rows: NightRow[] = [];
  for (const run of runs) {
    const above = rows.at(-1);
    if (above !== undefined && goesOn(above, run)) {
      rows[rows.length - 1] = { ...above, from: run.date, nights: above.nights + 1 };
    } else rows.push({ run, from: run.date, nights: 1 });
  }
  return rows;
}

function goesOn({ run, from }: NightRow, next: Run): boolean {
  return run.state === 'missed' && next.state === 'missed' && addDays(next.date, 1) === from;
}

export function progressOf({ state, judged_at: judgedAt }: Run): RunProgress {
  return state === 'scored' && judgedAt !== null ? 'judged' : state;
}

const DAY = 86_400_000;

/** How many days before the run its records ended; null without a list. */
export function recordsAge({ as_of: asOf, scored_at: at }: Run): number | null {
  if (asOf === null) return null;
  return Math.max(0, Math.round((Date.parse(at.slice(0, 10)) - Date.parse(asOf)) / DAY));
}
