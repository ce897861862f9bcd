/** What the page makes of the save list. */

import { sum, type ChurnKind, type Decimal, type SaveList, type SaveListEntry } from '@keepwell/api';

/** The loaded pages of the save list as one: the header fields of the last page, the rows of all. */
export interface LoadedSaveList extends Omit<SaveList, 'items' | 'next'> {
  readonly items: readonly SaveListEntry[];
}

export function joinPages(pages: readonly SaveList[]): LoadedSaveList | undefined {
  const newest = pages.at(-1);
  if (newest === undefined) return undefined;
  return { ...newest, items: pages.flatMap((page) => page.items) };
}

export interface KindTotal {
  readonly accounts: number;
  /** Null if the list knows no money. */
  readonly atRisk: Decimal | null;
}

/** The whole list of one kind or of both, however many rows are loaded. */
export function totalOf({ totals }: Pick<SaveList, 'totals'>, kind: ChurnKind | undefined): KindTotal {
  const voluntary = { accounts: totals.voluntary, atRisk: totals.voluntary_at_risk };
  const involuntary = { accounts: totals.involuntary, atRisk: totals.involuntary_at_risk };
  if (kind !== undefined) return kind === 'voluntary' ? voluntary : involuntary;
  return {
    accounts: voluntary.accounts + involuntary.accounts,
    atRisk:
      voluntary.atRisk === null || involuntary.atRisk === null
        ? null
        : sum([voluntary.atRisk, involuntary.atRisk]),
  };
}
