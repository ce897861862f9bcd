import { towerRule } from '../core/catalogue';
import { at } from '../core/snapshot';
import type { BoardArt } from './board-art';
import { creepPoses, type Between } from './interpolation';
import { PALETTE } from './paints';
import { node, type Node } from './scene';

/** The flow field's directions 1 to 8 are this angle apart, clockwise from east. */
const EIGHTH = Math.PI / 4;

/** What the core works with: the flow field, the collision circles and the ranges. */
export function debugScene(art: BoardArt, between: Between, field: Int32Array | null): Node {
  return node({}, (context) => {
    context.lineWidth = 0.03;
    if (field !== null) paintField(context, field, art.map.width + 2);
    paintBodies(context, art, between);
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
