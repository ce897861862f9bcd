import type { AccountRisk, TimelineItem } from '@keepwell/api';

export interface ScoreOfDay {
  readonly day: string;
  readonly probability: number;
}

/** The scores among them that said something new, oldest first, and last that of the newest list, which is the account's chance. */
export function scoresOf(
  highlights: readonly TimelineItem[],
  risk: Pick<AccountRisk, 'probability' | 'scored_at'> | null,
): readonly ScoreOfDay[] {
  const scores = highlights
    .flatMap(({ day, score }) => (score === null ? [] : [{ day, probability: score.probability }]))
    .reverse();
  if (risk === null) return scores;
  const newest = { day: risk.scored_at.slice(0, 10), probability: risk.probability };
  return [...scores.filter(({ day }) => day < newest.day), newest];
}

/** The newest charge, if it failed: then the card is what is wrong. */
export function declinedCharge(highlights: readonly TimelineItem[]): TimelineItem | null {
  const newest = highlights.find(({ charge }) => charge !== null);
  return newest?.type === 'failed' ? newest : null;
}

/** The days on which an invoice was declined for the first time, newest first: the tries after it are of the same trouble. */
export function declinedDays(highlights: readonly TimelineItem[]): readonly string[] {
  const first = new Map<string, string>();
  for (const { id, day, type, charge } of highlights) {
    if (type === 'failed') first.set(charge?.invoice_id ?? id, day);
  }
  return [...new Set(first.values())];
}
