import { cellAt, cellCenter, paddedSize, type Cell, type GameMap } from '../core/map';
import {
  cameraMatrix,
  fit,
  clampCamera,
  pan,
  toScreen,
  toWorld,
  zoomAt,
  type Camera,
  type Point,
  type Size,
} from './camera';
import type { Matrix } from './scene';

/** Pixels between the cursor and the edge of the view when the camera follows it. */
const MARGIN = 48;

/** The camera over one map, in a view of changing size. */
export class View {
  private camera: Camera;
  private isZoomed = false;
  private size: Size = { width: 1, height: 1 };
  private readonly world: Size;

  constructor(private readonly map: GameMap) {
    this.world = paddedSize(map);
    this.camera = fit(this.world, this.size);
  }

  /**
   * A view that the player has not zoomed shows the whole map, but cells of at least `leastCell` pixels. One that was
   * zoomed stays where it is.
   */
  resize(size: Size, leastCell = 0): void {
    this.size = size;
    const whole = fit(this.world, size);
    const camera = this.isZoomed ? this.camera : { ...this.camera, zoom: Math.max(whole.zoom, leastCell) };
    this.camera = clampCamera(camera, this.world, size);
  }

  showAll(): void {
    this.isZoomed = true;
    this.camera = fit(this.world, this.size);
  }

  pan(by: Point): void {
    this.camera = clampCamera(pan(this.camera, by), this.world, this.size);
  }

  /** Zooms around a point of the view, by default its center. */
  zoom(factor: number, point: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.isZoomed = true;
    this.camera = clampCamera(zoomAt(this.camera, factor, point, this.size), this.world, this.size);
  }

  /** Zooms in around a point until cells have at least `leastCell` pixels; returns whether that was needed. */
  enlarge(leastCell: number, point: Point): boolean {
    const { zoom } = this.camera;
    if (zoom >= leastCell) return false;
    this.zoom(leastCell / zoom, point);
    return true;
  }

  /** The cell under a point of the view; null if there is none. */
  cellUnder(point: Point): Cell | null {
    const { x, y } = toWorld(this.camera, this.size, point);
    return cellAt(this.map, x, y);
  }

  /** The center of a cell, in pixels of the view. */
  pointOf(cell: Cell): Point {
    return toScreen(this.camera, this.size, cellCenter(cell));
  }

  /** Moves the camera just enough to show the cell. */
  follow(cell: Cell): void {
    const { x, y } = this.pointOf(cell);
    const { width, height } = this.size;
    this.pan({ x: distanceIntoView(x, width), y: distanceIntoView(y, height) });
  }

  matrix(pixelRatio: number): Matrix {
    return cameraMatrix(this.camera, this.size, pixelRatio);
  }
}

function distanceIntoView(position: number, length: number): number {
  const margin = Math.min(MARGIN, length / 2);
  if (position < margin) return margin - position;
  return position > length - margin ? length - margin - position : 0;
}
