import type { PlannedItem, TimelineItem } from '@keepwell/api';

export interface TimelineDay {
  readonly day: string;
  readonly items: readonly TimelineItem[];
}

interface Page {
  readonly items: readonly TimelineItem[];
}

/** The items of all pages by day, in their order; a day may go on over several pages. */
export function byDay(pages: readonly Page[]): readonly TimelineDay[] {
  const days: { day: string; items: TimelineItem[] }[] = [];
  for (const item of pages.flatMap(({ items }) => items)) {
    const last = days.at(-1);
    if (last?.day === item.day) last.items.push(item);
    else days.push({ day: item.day, items: [item] });
  }
  return days;
}

/** A part of the timeline under one heading: what is planned, or a day. */
export type TimelinePart =
  | { readonly planned: readonly PlannedItem[] }
  | { readonly planned?: undefined; readonly day: TimelineDay };

/** What is planned, if anything is, then the days. */
export function partsOf(pages: readonly Page[], planned: readonly PlannedItem[]): readonly TimelinePart[] {
  const days = byDay(pages).map((day) => ({ day }));
  return planned.length === 0 ? days : [{ planned }, ...days];
}
