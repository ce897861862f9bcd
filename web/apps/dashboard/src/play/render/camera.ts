import type { Matrix } from './scene';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The visible part of the world: the point at the center of the view, in cells, and the pixels per cell. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The fewest pixels of a cell that a finger can hit. */
export const LEAST_CELL = 24;
/** The most pixels of the view that a cell may take. */
const LARGEST_CELL = 120;

/** The zoom at which the whole world is visible. */
export function fitZoom(world: Size, view: Size): number {
  return Math.min(view.width / world.width, view.height / world.height);
}

/** Shows the whole world, centered in the view. */
export function fit(world: Size, view: Size): Camera {
  return { x: world.width / 2, y: world.height / 2, zoom: fitZoom(world, view) };
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

/** Maps cells to pixels of the canvas. */
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

/** Moves the world by pixels of the view, as a finger drags it. */
export function pan(camera: Camera, { x, y }: Point): Camera {
  return { ...camera, x: camera.x - x / camera.zoom, y: camera.y - y / camera.zoom };
}

/** Zooms so that what is under a point of the view stays there. */
export function zoomAt(camera: Camera, factor: number, point: Point, view: Size): Camera {
  const zoom = camera.zoom * factor;
  const anchor = toWorld(camera, view, point);
  return {
    x: anchor.x - (point.x - view.width / 2) / zoom,
    y: anchor.y - (point.y - view.height / 2) / zoom,
    zoom,
  };
}

/** The nearest camera that stays within the world and within the zoom limits. */
export function clampCamera(camera: Camera, world: Size, view: Size): Camera {
  const least = fitZoom(world, view);
  const zoom = Math.min(Math.max(camera.zoom, least), Math.max(LARGEST_CELL, least));
  return {
    x: clampAxis(camera.x, view.width / zoom, world.width),
    y: clampAxis(camera.y, view.height / zoom, world.height),
    zoom,
  };
}

/** Along one axis: centered if all of it is visible, otherwise so that the view stops at the edge. */
function clampAxis(center: number, visible: number, whole: number): number {
  if (visible >= whole) return whole / 2;
  return Math.min(Math.max(center, visible / 2), whole - visible / 2);
}
