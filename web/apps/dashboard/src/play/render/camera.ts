import type { Matrix } from './scene';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What of the world is seen: the place in the middle of the view, in cells, and the view's pixels a cell. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** A cell is never larger than so many pixels of the view. */
const LARGEST_CELL = 120;

/** The pixels a cell with which the whole world is seen. */
export function fittingZoom(world: Size, view: Size): number {
  return Math.min(view.width / world.width, view.height / world.height);
}

/** The whole world in the middle of the view. */
export function fit(world: Size, view: Size): Camera {
  return { x: world.width / 2, y: world.height / 2, zoom: fittingZoom(world, view) };
}

export function toScreen(camera: Camera, view: Size, { x, y }: Point): Point {
  return {
    x: (x - camera.x) * camera.zoom + view.width / 2,
    y: (y - camera.y) * camera.zoom + view.height / 2,
  };
}

export function toWorld(camera: Camera, view: Size, { x, y }: Point): Point {
  return {
    x: (x - view.width / 2) / camera.zoom + camera.x,
    y: (y - view.height / 2) / camera.zoom + camera.y,
  };
}

/** Brings the world's units, cells, to the canvas's pixels. */
export function cameraMatrix({ x, y, zoom }: Camera, view: Size, pixelRatio: number): Matrix {
  const scale = zoom * pixelRatio;
  return {
    a: scale,
    b: 0,
    c: 0,
    d: scale,
    e: (view.width / 2) * pixelRatio - x * scale,
    f: (view.height / 2) * pixelRatio - y * scale,
  };
}

/** Moved by so many pixels of the view, as a finger drags the world. */
export function panned(camera: Camera, { x, y }: Point): Camera {
  return { ...camera, x: camera.x - x / camera.zoom, y: camera.y - y / camera.zoom };
}

/** Zoomed so that what is under a point of the view stays there. */
export function zoomedAt(camera: Camera, factor: number, point: Point, view: Size): Camera {
  const zoom = camera.zoom * factor;
  const held = toWorld(camera, view, point);
  return {
    x: held.x - (point.x - view.width / 2) / zoom,
    y: held.y - (point.y - view.height / 2) / zoom,
    zoom,
  };
}

/** The nearest camera that shows no more than the world and loses it nowhere. */
export function kept(camera: Camera, world: Size, view: Size): Camera {
  const least = fittingZoom(world, view);
  const zoom = Math.min(Math.max(camera.zoom, least), Math.max(LARGEST_CELL, least));
  return {
    x: within(camera.x, view.width / zoom, world.width),
    y: within(camera.y, view.height / zoom, world.height),
    zoom,
  };
}

/** Along one axis: in the middle where all is seen, else so that the view ends at the world's edge. */
function within(middle: number, seen: number, all: number): number {
  if (seen >= all) return all / 2;
  return Math.min(Math.max(middle, seen / 2), all - seen / 2);
}
