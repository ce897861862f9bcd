import { cellAt, cellCenter, paddedSize, type Cell, type GameMap } from '../core/map';
import {
  cameraMatrix,
  fit,
  fitZoom,
  LEAST_CELL,
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

/** What is in sight: the whole map, or a part; and whether the cells of the whole map are too small for a finger. */
export interface Sight {
  readonly isWhole: boolean;
  readonly isSmall: boolean;
}

/** The camera over one map, in a view of changing size. */
export class View {
  sight: Sight = { isWhole: true, isSmall: false };
  /** Called when `sight` has changed. */
  onSight: (sight: Sight) => void = () => undefined;
  private camera: Camera;
  private isZoomed = false;
  private size: Size = { width: 1, height: 1 };
  private readonly world: Size;

  constructor(private readonly map: GameMap) {
    this.world = paddedSize(map);
    this.camera = fit(this.world, this.size);
  }

  /** A view that the player has not zoomed shows the whole map. One that was zoomed stays where it is. */
  resize(size: Size): void {
    this.size = size;
    this.turnTo(this.isZoomed ? this.camera : fit(this.world, size));
  }

  showAll(): void {
    this.isZoomed = false;
    this.turnTo(fit(this.world, this.size));
  }

  /** From the whole map to cells that a finger can hit, around a cell or the middle; from any part to the whole map. */
  toggle(around: Cell | null): void {
    if (!this.sight.isWhole) this.showAll();
    else this.enlarge(LEAST_CELL, around === null ? undefined : this.pointOf(around));
  }

  pan(by: Point): void {
    this.turnTo(pan(this.camera, by));
  }

  /** Zooms around a point of the view, by default its center. */
  zoom(factor: number, point: Point = { x: this.size.width / 2, y: this.size.height / 2 }): void {
    this.isZoomed = true;
    this.turnTo(zoomAt(this.camera, factor, point, this.size));
  }

  /** Zooms in around a point until cells have at least `leastCell` pixels; returns whether that was needed. */
  enlarge(leastCell: number, point?: Point): boolean {
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

  private turnTo(camera: Camera): void {
    this.camera = clampCamera(camera, this.world, this.size);
    const whole = fitZoom(this.world, this.size);
    const sight = { isWhole: this.camera.zoom <= whole, isSmall: whole < LEAST_CELL };
    if (sight.isWhole === this.sight.isWhole && sight.isSmall === this.sight.isSmall) return;
    this.sight = sight;
    this.onSight(sight);
  }
}

function distanceIntoView(position: number, length: number): number {
  const margin = Math.min(MARGIN, length / 2);
  if (position < margin) return margin - position;
  return position > length - margin ? length - margin - position : 0;
}
