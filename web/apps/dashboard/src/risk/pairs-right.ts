import type { Evaluation } from '@keepwell/api';

/** How many of 100 pairs the model ranks right, with its interval, in whole numbers; null if that was not measurable. */
export interface PairsRight {
  readonly right: string;
  readonly low: string;
  readonly high: string;
}

export function pairsRight({ auc, auc_low, auc_high }: Evaluation): PairsRight | null {
  if (auc === null || auc_low === null || auc_high === null) return null;
  const of100 = (score: number) => String(Math.round(score * 100));
  return { right: of100(auc), low: of100(auc_low), high: of100(auc_high) };
}
