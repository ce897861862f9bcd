import { towerRule } from '../core/catalogue';
import { at } from '../core/snapshot';
import type { BoardArt } from './board-art';
import { creepPoses, type Between, type CreepPose } from './interpolation';
import { PALETTE } from './paints';
import { node, type Node } from './scene';

/** The flow field's directions 1 to 8 are this angle apart, clockwise from east. */
const EIGHTH = Math.PI / 4;

/** A push is drawn this much longer than the distance it moves a creep in a tick: most are a fifth of a cell then. */
const PUSH_LENGTH = 96 / 256;
const PUSH_NUMBERS = 3;

/** What the core answers to the overlay's questions. */
export interface CoreView {
  readonly field: Int32Array | null;
  readonly pushes: Int32Array | null;
}

/** What the core works with: the flow field, the collision circles and how they push each other, and the ranges. */
export function debugScene(art: BoardArt, between: Between, { field, pushes }: CoreView): Node {
  return node({}, (context) => {
    context.lineWidth = 0.03;
    if (field !== null) paintField(context, field, art.map.width + 2);
    paintBodies(context, art, between);
    if (pushes !== null) paintPushes(context, art, pushesOf(pushes, creepPoses(between)));
    paintRanges(context, art, between);
  });
}

function paintField(context: CanvasRenderingContext2D, field: Int32Array, stride: number): void {
  context.strokeStyle = `${PALETTE.yellow}cc`;
  context.beginPath();
  field.forEach((direction, cell) => {
    if (direction === 0) return;
    const angle = (direction - 1) * EIGHTH;
    const x = (cell % stride) + 0.5;
    const y = Math.floor(cell / stride) + 0.5;
    const across = Math.cos(angle) * 0.3;
    const down = Math.sin(angle) * 0.3;
    context.moveTo(x - across, y - down);
    context.lineTo(x + across, y + down);
    context.lineTo(x + across * 0.3 - down * 0.4, y + down * 0.3 + across * 0.4);
  });
  context.stroke();
}

function paintBodies(context: CanvasRenderingContext2D, { catalogue }: BoardArt, between: Between): void {
  context.strokeStyle = PALETTE.reddishPurple;
  for (const { kind, x, y } of creepPoses(between)) {
    const radius = (catalogue.creeps[kind]?.radius ?? 0) / catalogue.cell;
    context.beginPath();
    context.arc(x / catalogue.cell, y / catalogue.cell, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** A creep that others push, and the way they push it, in units. */
export interface Push {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

/** The pushes of the creeps that are still there, where they are drawn. */
export function pushesOf(pushes: Int32Array, poses: readonly CreepPose[]): readonly Push[] {
  const places = new Map(poses.map((pose) => [pose.uid, pose]));
  const found: Push[] = [];
  for (let at = 0; at < pushes.length; at += PUSH_NUMBERS) {
    const [uid = 0, across = 0, down = 0] = pushes.subarray(at, at + PUSH_NUMBERS);
    const pose = places.get(uid);
    if (pose === undefined) continue;
    found.push({ x: pose.x, y: pose.y, across: across * PUSH_LENGTH, down: down * PUSH_LENGTH });
  }
  return found;
}

function paintPushes(
  context: CanvasRenderingContext2D,
  { catalogue: { cell } }: BoardArt,
  pushes: readonly Push[],
): void {
  context.strokeStyle = PALETTE.vermillion;
  context.fillStyle = PALETTE.vermillion;
  for (const { x, y, across, down } of pushes) {
    const end = { x: (x + across) / cell, y: (y + down) / cell };
    context.beginPath();
    context.moveTo(x / cell, y / cell);
    context.lineTo(end.x, end.y);
    context.stroke();
    context.beginPath();
    context.arc(end.x, end.y, 0.035, 0, 2 * Math.PI);
    context.fill();
  }
}

function paintRanges(context: CanvasRenderingContext2D, { catalogue }: BoardArt, { newer }: Between): void {
  context.strokeStyle = `${PALETTE.skyBlue}aa`;
  const { count, columns } = newer.towers;
  for (let row = 0; row < count; row++) {
    const { range } = towerRule(catalogue, at(columns.kind, row), at(columns.variant, row));
    context.beginPath();
    context.arc(
      at(columns.x, row) / catalogue.cell,
      at(columns.y, row) / catalogue.cell,
      range / catalogue.cell,
      0,
      2 * Math.PI,
    );
    context.stroke();
  }
}
