import type { BoardArt } from './board-art';
import { group, node, type Node } from './scene';

/** A mark every so many cells of the way, moving along it. */
const SPACING = 1.5;
const CELLS_A_MILLISECOND = 1 / 700;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
}

/** Steps that walk along each way, as the next wave will. */
export function wayNodes(ways: readonly (readonly number[])[], art: BoardArt, now: number): Node {
  const paint = art.atlas.paint('mark/step');
  const first = (now * CELLS_A_MILLISECOND) % SPACING;
  return group(
    ways.flatMap((way) =>
      spotsAlong(way, art.catalogue.cell, first).map((spot) => node({ ...spot, alpha: 0.85 }, paint)),
    ),
  );
}

/** Places along a way of x and y in turn, in cells, one every SPACING from `first` on. */
export function spotsAlong(way: readonly number[], cell: number, first: number): readonly Spot[] {
  const spots: Spot[] = [];
  let next = first;
  let gone = 0;
  for (let index = 2; index + 1 < way.length; index += 2) {
    const [fromX = 0, fromY = 0, toX = 0, toY = 0] = way
      .slice(index - 2, index + 2)
      .map((units) => units / cell);
    const length = Math.hypot(toX - fromX, toY - fromY);
    for (; next < gone + length; next += SPACING) {
      const share = (next - gone) / length;
      spots.push({
        x: fromX + (toX - fromX) * share,
        y: fromY + (toY - fromY) * share,
        rotation: Math.atan2(toY - fromY, toX - fromX),
      });
    }
    gone += length;
  }
  return spots;
}
