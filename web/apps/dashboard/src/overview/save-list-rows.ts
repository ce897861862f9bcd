import type { ChurnKind, SaveList, SaveListEntry } from '@keepwell/api';

/** The loaded pages of the save list as one: the header fields of the last page, the rows of all. */
export interface LoadedSaveList extends Omit<SaveList, 'items' | 'next'> {
  readonly items: readonly SaveListEntry[];
}

export function joinPages(pages: readonly SaveList[]): LoadedSaveList | undefined {
  const newest = pages.at(-1);
  if (newest === undefined) return undefined;
  return { ...newest, items: pages.flatMap((page) => page.items) };
}

/** The number of accounts in the whole list, of one kind or of both, however many are loaded. */
export function totalOf({ totals }: LoadedSaveList, kind: ChurnKind | undefined): number {
  return kind === undefined ? totals.voluntary + totals.involuntary : totals[kind];
}

export function ofKind(
  items: readonly SaveListEntry[],
  kind: ChurnKind | undefined,
): readonly SaveListEntry[] {
  return kind === undefined ? items : items.filter((item) => item.kind === kind);
}
