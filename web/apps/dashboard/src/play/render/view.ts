import { cellAt, cellCenter, paddedSize, type Cell, type GameMap } from '../core/map';
import {
  cameraMatrix,
  fit,
  fittingZoom,
  kept,
  panned,
  toScreen,
  toWorld,
  zoomedAt,
  type Camera,
  type Point,
  type Size,
} from './camera';
import type { Matrix } from './scene';

/** A cell at the edge of what is seen is brought so far in, in pixels. */
const MARGIN = 48;

/** The camera over one map, in a view whose size changes. */
export class View {
  private camera: Camera;
  private size: Size = { width: 1, height: 1 };
  private readonly world: Size;

  constructor(private readonly map: GameMap) {
    this.world = paddedSize(map);
    this.camera = fit(this.world, this.size);
  }

  /** A view that shows the whole map goes on showing it. */
  resize(size: Size): void {
    const wasWhole = this.camera.zoom <= fittingZoom(this.world, this.size) * 1.001;
    this.size = size;
    this.camera = wasWhole ? fit(this.world, size) : kept(this.camera, this.world, size);
  }

  showAll(): void {
    this.camera = fit(this.world, this.size);
  }

  pan(by: Point): void {
    this.camera = kept(panned(this.camera, by), this.world, this.size);
  }

  /** Around a point of the view, or its middle. */
  zoom(factor: number, point: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.camera = kept(zoomedAt(this.camera, factor, point, this.size), this.world, this.size);
  }

  /** The map's cell under a point of the view. */
  cellUnder(point: Point): Cell | null {
    const { x, y } = toWorld(this.camera, this.size, point);
    return cellAt(this.map, x, y);
  }

  /** Where the middle of a cell is in the view. */
  pointOf(cell: Cell): Point {
    return toScreen(this.camera, this.size, cellCenter(cell));
  }

  /** Moves the camera so far that the cell is seen. */
  follow(cell: Cell): void {
    const { x, y } = this.pointOf(cell);
    const { width, height } = this.size;
    this.pan({ x: outside(x, width), y: outside(y, height) });
  }

  matrix(pixelRatio: number): Matrix {
    return cameraMatrix(this.camera, this.size, pixelRatio);
  }
}

function outside(position: number, length: number): number {
  const margin = Math.min(MARGIN, length / 2);
  if (position < margin) return margin - position;
  return position > length - margin ? length - margin - position : 0;
}
