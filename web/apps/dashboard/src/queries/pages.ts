import type { InfiniteData } from '@tanstack/react-query';

export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The page after the last one; for `getNextPageParam`. */
export function nextCursor({ next }: { readonly next: string | null }): string | null {
  return next;
}

export const FIRST_PAGE = null as string | null;

/** The rows of all pages that are loaded. */
export function rowsOf<Item>(data: InfiniteData<Paged<Item>>): readonly Item[] {
  return data.pages.flatMap(({ items }) => items);
}

/** The cached pages with each row changed; what returns undefined is left out. */
export function withRows<Item>(change: (item: Item) => Item | undefined) {
  return (data: InfiniteData<Paged<Item>>): InfiniteData<Paged<Item>> => ({
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.flatMap((item) => {
        const changed = change(item);
        return changed === undefined ? [] : [changed];
      }),
    })),
  });
}

/** The tag of a version, as `If-Match` takes it. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}
