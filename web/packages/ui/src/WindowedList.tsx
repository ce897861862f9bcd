import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';

export interface WindowedListProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** The height that an item is taken to have before it was in sight. */
  readonly heightOf: (item: Item) => number;
  readonly children: (item: Item) => ReactNode;
}

const OVERSCAN = 6;

/**
 * A list of any length whose items have any height and scroll with the page: only those in sight and a few around them are
 * in the document.
 */
export function WindowedList<Item>({ items, keyOf, heightOf, children }: WindowedListProps<Item>) {
  const list = useRef<HTMLOListElement>(null);
  const top = useTop(list);
  // oxlint-disable-next-line react/incompatible-library -- The compiler would only leave this component as it is.
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => sizeAt(items, index, heightOf),
    getItemKey: (index) => keyAt(items, index, keyOf),
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const shown = rows.getVirtualItems();
  const before = (shown[0]?.start ?? top) - top;
  const after = rows.getTotalSize() - ((shown.at(-1)?.end ?? top) - top);
  return (
    <ol ref={list} style={{ paddingTop: before, paddingBottom: Math.max(0, after) }}>
      {shown.map(({ key, index }) => {
        const item = items[index];
        return item === undefined ? null : (
          <li key={key} data-index={index} ref={rows.measureElement}>
            {children(item)}
          </li>
        );
      })}
    </ol>
  );
}

function sizeAt<Item>(items: readonly Item[], index: number, heightOf: (item: Item) => number): number {
  const item = items[index];
  return item === undefined ? 0 : heightOf(item);
}

function keyAt<Item>(items: readonly Item[], index: number, keyOf: (item: Item) => string): string | number {
  const item = items[index];
  return item === undefined ? index : keyOf(item);
}

/** Where the list begins on the page; what is above it may still be loading. */
function useTop(list: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (list.current !== null)
        setTop(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => {
      observer.disconnect();
    };
  }, [list]);
  return top;
}
