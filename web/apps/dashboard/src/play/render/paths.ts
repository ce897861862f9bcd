import type { BoardArt } from './board-art';
import { group, node, type Node } from './scene';

/** Cells from one footprint to the next. */
const SPACING = 1.5;
const CELLS_PER_MILLISECOND = 1 / 700;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
}

/** Footprints that move along each path, as the next wave will. */
export function pathNodes(paths: readonly (readonly number[])[], art: BoardArt, now: number): Node {
  const paint = art.atlas.paint('mark/step');
  const first = (now * CELLS_PER_MILLISECOND) % SPACING;
  return group(
    paths.flatMap((path) =>
      spotsAlong(path, art.catalogue.cell, first).map((spot) => node({ ...spot, alpha: 0.85 }, paint)),
    ),
  );
}

/** Spots along a path of alternating x and y, in cells: every SPACING, starting `first` cells in. */
export function spotsAlong(path: readonly number[], cell: number, first: number): readonly Spot[] {
  const spots: Spot[] = [];
  let next = first;
  let walked = 0;
  for (let index = 2; index + 1 < path.length; index += 2) {
    const [fromX = 0, fromY = 0, toX = 0, toY = 0] = path
      .slice(index - 2, index + 2)
      .map((units) => units / cell);
    const length = Math.hypot(toX - fromX, toY - fromY);
    for (; next < walked + length; next += SPACING) {
      const share = (next - walked) / length;
      spots.push({
        x: fromX + (toX - fromX) * share,
        y: fromY + (toY - fromY) * share,
        rotation: Math.atan2(toY - fromY, toX - fromX),
      });
    }
    walked += length;
  }
  return spots;
}
