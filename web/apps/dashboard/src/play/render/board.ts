import { towerRule } from '../core/catalogue';
import { cellCenter, gateName, type Cell } from '../core/map';
import { at, rowOf, type Snapshot } from '../core/snapshot';
import type { BoardArt } from './board-art';
import { creepPoses, shellPoses, type Between, type CreepPose } from './interpolation';
import { creepRing, cursorFrame, healthBar, label, rangeRing } from './paints';
import { group, node, type Node, type Paint } from './scene';
import { pathNodes } from './paths';

/** The parts of the page's own state that are drawn. */
export interface BoardView {
  readonly cursor: Cell | null;
  /** The tower being placed, and whether it fits at the cursor; null if none is, or if a tower is in the way. */
  readonly ghost: { readonly kind: number; readonly isRefused: boolean } | null;
  readonly selected: number | null;
  /** The creep that the player looks at. */
  readonly watched: number | null;
  /** One from each spawn, in units. */
  readonly paths: readonly (readonly number[])[];
  readonly debug: Node | null;
  readonly effects: Node;
}

const STEP_MILLISECONDS = 160;
const FLIGHT_HEIGHT = 0.35;
/** Radians per millisecond of a tower that never shoots. */
const IDLE_TURN = 1 / 2400;
const FULL_HEALTH = 1;

/** The whole board as a tree, in cells of the padded map; independent of the camera. */
export function boardScene(art: BoardArt, between: Between, view: BoardView, now: number): Node {
  const creeps = creepPoses(between);
  return group([
    node({}, groundPaint(art)),
    marks(art),
    pathNodes(view.paths, art, now),
    ...towers(art, between, now),
    ...creepRings(art, creeps, view.watched),
    ...creepNodes(art, creeps, now),
    ...shells(art, between),
    view.effects,
    ...(view.debug === null ? [] : [view.debug]),
    ...selection(art, between.newer, view.selected),
    ...ghost(art, view),
    ...(view.cursor === null ? [] : [node(cellCenter(view.cursor), cursorFrame())]),
  ]);
}

const FAINT = 0.35;

function groundPaint({ ground, map, highContrast }: BoardArt): Paint {
  return (context) => {
    if (highContrast) {
      context.fillStyle = '#10161c';
      context.fillRect(0, 0, map.width + 2, map.height + 2);
      context.globalAlpha *= FAINT;
    }
    context.drawImage(ground, 0, 0, map.width + 2, map.height + 2);
  };
}

function marks({ atlas, map }: BoardArt): Node {
  const [goalColumn, goalRow] = map.goal;
  const spawns = map.spawns.map(([column, row]) =>
    node(cellCenter({ column, row }), atlas.paint('mark/spawn')),
  );
  const names = map.spawns.flatMap(([column, row], spawn) => {
    const name = gateName(map, spawn);
    return name === null ? [] : [node(above({ column, row }), label(name, '#fff'))];
  });
  return group([
    ...spawns,
    ...names,
    node(cellCenter({ column: goalColumn, row: goalRow }), atlas.paint('mark/goal')),
  ]);
}

function above(cell: Cell): { x: number; y: number } {
  const { x, y } = cellCenter(cell);
  return { x, y: y - 0.75 };
}

function towers({ atlas, catalogue }: BoardArt, { older, newer, share }: Between, now: number): Node[] {
  const { count, columns } = newer.towers;
  return Array.from({ length: count }, (_, row) => {
    const kind = catalogue.towers[at(columns.kind, row)];
    const variant = at(columns.variant, row);
    const before = rowOf(older.towers.columns.uid, at(columns.uid, row));
    const to = aim(newer, row);
    const from = before < 0 ? to : aim(older, before);
    const rotation =
      kind?.variants[variant]?.reload === 0 ? now * IDLE_TURN : interpolateAngle(from, to, share);
    const name = `tower/${kind?.name ?? ''}`;
    return group(
      [
        node({}, atlas.paint(`${name}/base-${variant}`)),
        node({ rotation }, atlas.paint(`${name}/turret-${variant}`)),
      ],
      { x: at(columns.x, row) / catalogue.cell, y: at(columns.y, row) / catalogue.cell },
    );
  });
}

function aim({ towers: { columns } }: Snapshot, row: number): number {
  return Math.atan2(at(columns.aim_y, row) - at(columns.y, row), at(columns.aim_x, row) - at(columns.x, row));
}

/** Turns from one angle to another by a share of the way, in the shorter direction. */
export function interpolateAngle(from: number, to: number, share: number): number {
  const around = 2 * Math.PI;
  const turn = ((((to - from + Math.PI) % around) + around) % around) - Math.PI;
  return from + turn * share;
}

function creepNodes(art: BoardArt, poses: readonly CreepPose[], now: number): Node[] {
  const grounded = poses.filter(({ kind }) => art.catalogue.creeps[kind]?.flying === false);
  const flying = poses.filter(({ kind }) => art.catalogue.creeps[kind]?.flying === true);
  return [
    ...grounded.map((pose) => creepNode(art, pose, now)),
    ...flying.map((pose) => group([shadow(art, pose, FLIGHT_HEIGHT), creepNode(art, pose, now)])),
  ];
}

/** A ring around the creep that the player looks at; with high contrast, around each. */
function creepRings(
  { catalogue, highContrast }: BoardArt,
  poses: readonly CreepPose[],
  watched: number | null,
): Node[] {
  return poses.flatMap(({ uid, kind, x, y }) => {
    if (!highContrast && uid !== watched) return [];
    const { radius = 0, flying = false } = catalogue.creeps[kind] ?? {};
    const lift = flying ? FLIGHT_HEIGHT : 0;
    const position = { x: x / catalogue.cell, y: y / catalogue.cell - lift };
    return [node(position, creepRing(radius / catalogue.cell + 0.12, uid === watched))];
  });
}

function creepNode({ atlas, catalogue }: BoardArt, pose: CreepPose, now: number): Node {
  const kind = catalogue.creeps[pose.kind];
  const radius = (kind?.radius ?? 0) / catalogue.cell;
  const lift = kind?.flying === true ? FLIGHT_HEIGHT : 0;
  const step = Math.floor(now / STEP_MILLISECONDS + pose.uid) % 2;
  const body = node({ rotation: pose.heading }, atlas.paint(`creep/${kind?.name ?? ''}/walk-${step}`));
  const chill = pose.isSlowed
    ? [node({ scale: Math.max(radius * 4, 0.8) }, atlas.paint('effect/chill'))]
    : [];
  const bar =
    pose.health < FULL_HEALTH
      ? [node({ y: -radius - 0.28 }, healthBar(Math.max(radius * 2, 0.4), Math.max(pose.health, 0)))]
      : [];
  return group([body, ...chill, ...bar], {
    x: pose.x / catalogue.cell,
    y: pose.y / catalogue.cell - lift,
  });
}

function shadow({ atlas, catalogue }: BoardArt, { x, y }: { x: number; y: number }, height: number): Node {
  return node(
    { x: x / catalogue.cell + height * 0.3, y: y / catalogue.cell, alpha: 0.8 },
    atlas.paint('effect/shadow'),
  );
}

function shells(art: BoardArt, between: Between): Node[] {
  const { atlas, catalogue } = art;
  const variants = catalogue.towers[0]?.variants.length ?? 1;
  const speed = (row: number) => towerRule(catalogue, Math.floor(row / variants), row % variants).speed;
  return shellPoses(between, speed).map((pose) => {
    const height = pose.z / catalogue.cell;
    const position = { x: pose.x / catalogue.cell, y: pose.y / catalogue.cell - height };
    const name = catalogue.towers[pose.kind]?.name ?? '';
    const sprite = node(
      { ...position, rotation: pose.heading, scale: 1 + height * 0.15 },
      atlas.paint(`tower/${name}/shell`),
    );
    return height > 0 ? group([shadow(art, pose, height), sprite]) : sprite;
  });
}

function selection(
  { atlas, catalogue }: BoardArt,
  { towers: { columns } }: Snapshot,
  uid: number | null,
): Node[] {
  const row = uid === null ? -1 : rowOf(columns.uid, uid);
  if (row < 0) return [];
  const rule = towerRule(catalogue, at(columns.kind, row), at(columns.variant, row));
  const position = { x: at(columns.x, row) / catalogue.cell, y: at(columns.y, row) / catalogue.cell };
  return [
    group(
      [node({}, rangeRing(rule.range / catalogue.cell, 'allowed')), node({}, atlas.paint('mark/selected'))],
      position,
    ),
  ];
}

function ghost({ atlas, catalogue }: BoardArt, { cursor, ghost: preview }: BoardView): Node[] {
  if (cursor === null || preview === null) return [];
  const tone = preview.isRefused ? 'refused' : 'allowed';
  const name = catalogue.towers[preview.kind]?.name ?? '';
  const rule = towerRule(catalogue, preview.kind, 0);
  return [
    group(
      [
        node({}, rangeRing(rule.range / catalogue.cell, tone)),
        node({}, atlas.paint(`mark/${tone}`)),
        node({ alpha: preview.isRefused ? 0.45 : 0.8 }, atlas.paint(`tower/${name}/icon`)),
      ],
      cellCenter(cursor),
    ),
  ];
}
