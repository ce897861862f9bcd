export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Which way: one of the two is 0, the other 1 or -1. */
export interface Direction {
  readonly across: number;
  readonly down: number;
}

/** How much farther something seems that is not straight ahead. */
const ASIDE = 3;

/** The index of the box that one would expect in that direction; null if there is none. */
export function nearestBox(from: Box, boxes: readonly Box[], direction: Direction): number | null {
  const costs = boxes.map((box) => costOf(from, box, direction));
  const least = Math.min(...costs);
  return Number.isFinite(least) ? costs.indexOf(least) : null;
}

function costOf(from: Box, to: Box, { across, down }: Direction): number {
  const ahead =
    across === 0
      ? {
          by: (middle(to.top, to.bottom) - middle(from.top, from.bottom)) * down,
          gap: gapOf(from.top, from.bottom, to.top, to.bottom),
        }
      : {
          by: (middle(to.left, to.right) - middle(from.left, from.right)) * across,
          gap: gapOf(from.left, from.right, to.left, to.right),
        };
  const aside =
    across === 0
      ? gapOf(from.left, from.right, to.left, to.right)
      : gapOf(from.top, from.bottom, to.top, to.bottom);
  // What overlaps along the way is beside the one where one comes from, not ahead of it.
  return ahead.by <= 0 || ahead.gap < 0 ? Infinity : ahead.by + Math.max(aside, 0) * ASIDE;
}

function middle(one: number, other: number): number {
  return (one + other) / 2;
}

/** Between two intervals; negative if they overlap. */
function gapOf(from: number, to: number, otherFrom: number, otherTo: number): number {
  return Math.max(otherFrom - to, from - otherTo);
}
