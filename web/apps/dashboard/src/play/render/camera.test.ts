import fc from 'fast-check';
import { expect, test } from 'vitest';

import { cameraMatrix, fit, kept, panned, toScreen, toWorld, zoomedAt } from './camera';
import { transformed } from './scene';

const world = { width: 24, height: 14 };
const phone = { width: 390, height: 228 };
const size = fc.record({
  width: fc.integer({ min: 50, max: 3000 }),
  height: fc.integer({ min: 50, max: 3000 }),
});
const offset = fc.integer({ min: -5000, max: 5000 });
const factor = fc.double({ min: 0.01, max: 100, noNaN: true });

test('a map is fitted to a phone: all of it is seen, in the middle', () => {
  const camera = fit(world, phone);
  const left = toScreen(camera, phone, { x: 0, y: 7 });
  const right = toScreen(camera, phone, { x: 24, y: 7 });
  expect(left.x).toBeCloseTo(0);
  expect(right.x).toBeCloseTo(390);
  expect(toScreen(camera, phone, { x: 12, y: 7 })).toEqual({ x: 195, y: 114 });
});

test('what is under a point of the view is where that place is shown', () => {
  fc.assert(
    fc.property(size, offset, offset, (view, x, y) => {
      const camera = fit(world, view);
      const back = toScreen(camera, view, toWorld(camera, view, { x, y }));
      expect(back.x).toBeCloseTo(x, 6);
      expect(back.y).toBeCloseTo(y, 6);
    }),
  );
});

test('zooming holds what is under the fingers', () => {
  const camera = zoomedAt(fit(world, phone), 3, { x: 300, y: 50 }, phone);
  const before = toWorld(fit(world, phone), phone, { x: 300, y: 50 });
  const after = toWorld(camera, phone, { x: 300, y: 50 });
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test('however it is dragged and zoomed, the view stays on the map', () => {
  fc.assert(
    fc.property(size, offset, offset, factor, (view, x, y, zoom) => {
      const camera = kept(panned(zoomedAt(fit(world, view), zoom, { x, y }, view), { x, y }), world, view);
      const corner = toWorld(camera, view, { x: 0, y: 0 });
      const opposite = toWorld(camera, view, { x: view.width, y: view.height });
      const isWide = opposite.x - corner.x >= world.width;
      if (isWide) expect(camera.x).toBeCloseTo(world.width / 2);
      else expect([corner.x >= -1e-6, opposite.x <= world.width + 1e-6]).toEqual([true, true]);
    }),
  );
});

test('the matrix brings a cell to the pixels of the canvas, finer on a finer screen', () => {
  const camera = fit(world, phone);
  const shown = toScreen(camera, phone, { x: 3, y: 4 });
  const drawn = transformed(cameraMatrix(camera, phone, 2), 3, 4);
  expect(drawn.x).toBeCloseTo(shown.x * 2);
  expect(drawn.y).toBeCloseTo(shown.y * 2);
});
