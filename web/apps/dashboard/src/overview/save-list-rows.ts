import type { ChurnKind, SaveList, SaveListItem } from '@keepwell/api';

/** The loaded pages of the save list as one: the head of the newest page, the rows of all. */
export interface LoadedSaveList extends Omit<SaveList, 'items' | 'next'> {
  readonly items: readonly SaveListItem[];
}

export function joinPages(pages: readonly SaveList[]): LoadedSaveList | undefined {
  const newest = pages.at(-1);
  if (newest === undefined) return undefined;
  const { scored_at, as_of, currency, model } = newest;
  return { scored_at, as_of, currency, model, items: pages.flatMap((page) => page.items) };
}

export function ofKind(items: readonly SaveListItem[], kind: ChurnKind | undefined): readonly SaveListItem[] {
  return kind === undefined ? items : items.filter((item) => item.kind === kind);
}
