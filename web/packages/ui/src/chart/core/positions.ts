/** The horizontal axis: where points lie, which of them have a tick, and which one is meant by a pointer or a key. */

/** Points of a line begin and end at the edges; bars need a band each. */
export type Spacing = 'edges' | 'bands';

/** Where all points lie, in percent from the left. */
export function positionsOf(count: number, spacing: Spacing): number[] {
  return Array.from({ length: count }, (_, index) => positionOf(index, count, spacing));
}

/** Where a point lies, in percent from the left. */
export function positionOf(index: number, count: number, spacing: Spacing): number {
  if (spacing === 'bands') return ((index + 0.5) / count) * 100;
  return count === 1 ? 50 : (index / (count - 1)) * 100;
}

/** The point nearest to `left`; both in percent, the points in ascending order. */
export function nearestPoint(lefts: readonly number[], left: number): number {
  let nearest = 0;
  lefts.forEach((each, index) => {
    if (Math.abs(each - left) < Math.abs((lefts[nearest] ?? 0) - left)) nearest = index;
  });
  return nearest;
}

/** The point that a key leads to, or null if the key means nothing here. */
export function pointByKey(key: string, index: number, count: number): number | null {
  const page = Math.max(2, Math.round(count / 10));
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageDown: index - page,
    PageUp: index + page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined ? null : within(target, count);
}

function within(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}

/** How much room a tick needs: the ticks of a narrow chart are a part of those of a wide one. */
export type TickRoom = 'narrow' | 'medium' | 'wide';

const MOST_TICKS = 12;

/** The points that have a tick, evenly spaced and always including the last one. */
export function tickIndexes(count: number): { readonly index: number; readonly room: TickRoom }[] {
  const stride = Math.ceil(count / MOST_TICKS);
  const ticks = [];
  for (let step = 0, index = count - 1; index >= 0; step += 1, index -= stride) {
    ticks.push({ index, room: roomOf(step) });
  }
  return ticks.reverse();
}

function roomOf(step: number): TickRoom {
  if (step % 4 === 0) return 'narrow';
  return step % 2 === 0 ? 'medium' : 'wide';
}

/** Moves labels apart that are closer than `gap`, and keeps their order. All in percent from the top. */
export function spreadLabels(tops: readonly number[], gap: number): number[] {
  const order = tops.map((top, index) => ({ top, index })).sort((one, other) => one.top - other.top);
  const placed: number[] = [];
  for (const { top } of order) placed.push(Math.max(top, (placed.at(-1) ?? -Infinity) + gap));
  for (let at = placed.length - 1, limit = 100; at >= 0; at -= 1, limit -= gap) {
    placed[at] = Math.min(placed[at] ?? limit, limit);
  }
  const result = [...tops];
  order.forEach(({ index }, at) => {
    result[index] = placed[at] ?? 0;
  });
  return result;
}

/** A short label needs about this much of the width of a chart on a phone, in percent. */
const LABEL_WIDTH = 26;
const MOST_LINES = 3;

/** On which line each label has room beside those before it, from 0; null if on none. */
export function labelLines(lefts: readonly number[]): (number | null)[] {
  const result: (number | null)[] = lefts.map(() => null);
  const ends: number[] = Array<number>(MOST_LINES).fill(-Infinity);
  const order = lefts.map((left, index) => ({ left, index })).sort((one, other) => one.left - other.left);
  for (const { left, index } of order) {
    const line = ends.findIndex((end) => left - end >= LABEL_WIDTH);
    if (line === -1) continue;
    ends[line] = left;
    result[index] = line;
  }
  return result;
}
