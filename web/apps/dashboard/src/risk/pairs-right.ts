import type { ChurnModel } from '@keepwell/api';
import { formatDecimal } from '@keepwell/ui';

/** How many of 100 pairs the model ranks right, with its interval, in whole numbers; null if it says nothing:
 * nothing was tested, or the test is suspect, which looks best of all. */
export interface PairsRight {
  readonly right: string;
  readonly low: string;
  readonly high: string;
}

/** How many of 100 pairs; halves of the decimal that was stored go up, as in the statement and the terminal. */
export function of100(score: number): string {
  return formatDecimal((score * 100).toFixed(4) as `${number}`, 0);
}

export function pairsRight({
  evaluation,
  signal,
}: Pick<ChurnModel, 'evaluation' | 'signal'>): PairsRight | null {
  const { auc, auc_low, auc_high } = evaluation;
  if (signal === 'suspect' || auc === null || auc_low === null || auc_high === null) return null;
  return { right: of100(auc), low: of100(auc_low), high: of100(auc_high) };
}
