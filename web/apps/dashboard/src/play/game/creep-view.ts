import type { Catalogue } from '../core/catalogue';
import { at, rowOf, type Snapshot } from '../core/snapshot';

/** A creep that the player looks at. */
export interface CreepView {
  readonly uid: number;
  readonly kind: number;
  readonly health: number;
  readonly fullHealth: number;
  readonly isSlowed: boolean;
}

/** How far from a creep's edge the player may point, in cells. */
const TOLERANCE = 0.5;

/** The creep nearest to a point of the padded map, in cells; null if none is close. */
export function creepNear(
  snapshot: Snapshot,
  point: { readonly x: number; readonly y: number },
  catalogue: Catalogue,
): CreepView | null {
  const { count, columns } = snapshot.creeps;
  const near = Array.from({ length: count }, (_, row) => {
    const radius = catalogue.creeps[at(columns.kind, row)]?.radius ?? 0;
    const x = at(columns.x, row) / catalogue.cell - point.x;
    const y = at(columns.y, row) / catalogue.cell - point.y;
    return { uid: at(columns.uid, row), distance: Math.hypot(x, y) - radius / catalogue.cell };
  }).filter(({ distance }) => distance < TOLERANCE);
  const nearest = near.toSorted((one, other) => one.distance - other.distance)[0];
  return nearest === undefined ? null : creepView(snapshot, nearest.uid);
}

/** A creep as a snapshot shows it; null if it is gone. */
export function creepView({ creeps: { columns } }: Snapshot, uid: number): CreepView | null {
  const row = rowOf(columns.uid, uid);
  if (row < 0) return null;
  return {
    uid,
    kind: at(columns.kind, row),
    health: at(columns.hp, row),
    fullHealth: at(columns.full, row),
    isSlowed: at(columns.slow, row) > 0,
  };
}
