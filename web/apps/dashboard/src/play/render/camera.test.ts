import fc from 'fast-check';
import { expect, test } from 'vitest';

import { cameraMatrix, clampCamera, fit, pan, toScreen, toWorld, zoomAt } from './camera';
import { map } from '../testing/fixtures';
import { applyMatrix } from './scene';
import { View } from './view';

const world = { width: 24, height: 14 };
const phone = { width: 390, height: 228 };
const size = fc.record({
  width: fc.integer({ min: 50, max: 3000 }),
  height: fc.integer({ min: 50, max: 3000 }),
});
const offset = fc.integer({ min: -5000, max: 5000 });
const factor = fc.double({ min: 0.01, max: 100, noNaN: true });

test('a map fits on a phone: all of it is visible, centered', () => {
  const camera = fit(world, phone);
  const left = toScreen(camera, phone, { x: 0, y: 7 });
  const right = toScreen(camera, phone, { x: 24, y: 7 });
  expect(left.x).toBeCloseTo(0);
  expect(right.x).toBeCloseTo(390);
  expect(toScreen(camera, phone, { x: 12, y: 7 })).toEqual({ x: 195, y: 114 });
});

test('screen and world coordinates convert back and forth', () => {
  fc.assert(
    fc.property(size, offset, offset, (view, x, y) => {
      const camera = fit(world, view);
      const back = toScreen(camera, view, toWorld(camera, view, { x, y }));
      expect(back.x).toBeCloseTo(x, 6);
      expect(back.y).toBeCloseTo(y, 6);
    }),
  );
});

test('zooming keeps what is under the fingers in place', () => {
  const camera = zoomAt(fit(world, phone), 3, { x: 300, y: 50 }, phone);
  const before = toWorld(fit(world, phone), phone, { x: 300, y: 50 });
  const after = toWorld(camera, phone, { x: 300, y: 50 });
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test('the view stays on the map, however it is dragged and zoomed', () => {
  fc.assert(
    fc.property(size, offset, offset, factor, (view, x, y, zoom) => {
      const camera = clampCamera(pan(zoomAt(fit(world, view), zoom, { x, y }, view), { x, y }), world, view);
      const corner = toWorld(camera, view, { x: 0, y: 0 });
      const opposite = toWorld(camera, view, { x: view.width, y: view.height });
      const isWide = opposite.x - corner.x >= world.width;
      if (isWide) expect(camera.x).toBeCloseTo(world.width / 2);
      else expect([corner.x >= -1e-6, opposite.x <= world.width + 1e-6]).toEqual([true, true]);
    }),
  );
});

test('the matrix maps a cell to pixels of the canvas, scaled by the pixel ratio', () => {
  const camera = fit(world, phone);
  const shown = toScreen(camera, phone, { x: 3, y: 4 });
  const drawn = applyMatrix(cameraMatrix(camera, phone, 2), 3, 4);
  expect(drawn.x).toBeCloseTo(shown.x * 2);
  expect(drawn.y).toBeCloseTo(shown.y * 2);
});

function cellWidth(view: View): number {
  return view.pointOf({ column: 1, row: 0 }).x - view.pointOf({ column: 0, row: 0 }).x;
}

test('a view that the player has zoomed keeps its zoom when its size changes', () => {
  const view = new View(map);
  view.resize({ width: 390, height: 420 });
  view.zoom(2);
  view.resize({ width: 390, height: 300 });
  expect(cellWidth(view)).toBeCloseTo(32.5);
});

test('the whole map can still be shown on an upright phone', () => {
  const view = new View(map);
  view.resize({ width: 390, height: 420 });
  view.zoom(3);
  view.showAll();
  expect(cellWidth(view)).toBeCloseTo(390 / 24);
});
