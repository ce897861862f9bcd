/** A node's position relative to its parent: scaled first, then rotated, then moved. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Radians, clockwise on the screen. */
  readonly rotation: number;
  readonly scale: number;
  /** 0 to 1, multiplied by the parent's. */
  readonly alpha: number;
}

/** Draws around its own origin. */
export type Paint = (context: CanvasRenderingContext2D) => void;

export interface Node extends Placement {
  readonly paint: Paint | null;
  readonly children: readonly Node[];
}

/** A matrix in the canvas's convention: x' = a x + c y + e, y' = b x + d y + f. */
export interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export const IDENTITY: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

export function node(
  placement: Partial<Placement>,
  paint: Paint | null,
  children: readonly Node[] = [],
): Node {
  return { x: 0, y: 0, rotation: 0, scale: 1, alpha: 1, ...placement, paint, children };
}

export function group(children: readonly Node[], placement: Partial<Placement> = {}): Node {
  return node(placement, null, children);
}

/** The matrix of a child, given its parent's. */
export function childMatrix(parent: Matrix, { x, y, rotation, scale }: Placement): Matrix {
  const cos = Math.cos(rotation) * scale;
  const sin = Math.sin(rotation) * scale;
  return {
    a: parent.a * cos + parent.c * sin,
    b: parent.b * cos + parent.d * sin,
    c: parent.c * cos - parent.a * sin,
    d: parent.d * cos - parent.b * sin,
    e: parent.a * x + parent.c * y + parent.e,
    f: parent.b * x + parent.d * y + parent.f,
  };
}

/** Maps a point of a node to the screen. */
export function applyMatrix({ a, b, c, d, e, f }: Matrix, x: number, y: number): { x: number; y: number } {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** Visits parents before children and children in order, each with its matrix: what comes later is drawn on top. */
export function walk(
  root: Node,
  base: Matrix,
  visit: (node: Node, matrix: Matrix, alpha: number) => void,
  alpha = 1,
): void {
  const visible = alpha * root.alpha;
  if (visible <= 0) return;
  const matrix = childMatrix(base, root);
  visit(root, matrix, visible);
  for (const child of root.children) walk(child, matrix, visit, visible);
}

/** Draws a tree; `base` maps its units to pixels of the canvas. */
export function draw(context: CanvasRenderingContext2D, root: Node, base: Matrix): void {
  walk(root, base, ({ paint }, { a, b, c, d, e, f }, alpha) => {
    if (paint === null) return;
    context.setTransform(a, b, c, d, e, f);
    context.globalAlpha = alpha;
    paint(context);
  });
}
