import { expect, test } from 'vitest';

import { map } from '../testing/fixtures';
import { View } from './view';

test('cells too small for a finger are enlarged around the point, which keeps its cell; large ones stay', () => {
  const view = new View({ ...map, width: 32, height: 20 });
  view.resize({ width: 580, height: 346 });
  const point = { x: 200, y: 150 };
  const cell = view.cellUnder(point);

  expect(view.enlarge(24, point)).toBe(true);
  expect(view.cellUnder(point)).toEqual(cell);
  const next = view.pointOf({ column: 11, row: 5 }).x - view.pointOf({ column: 10, row: 5 }).x;
  expect(next).toBeCloseTo(24);
  expect(view.enlarge(24, point)).toBe(false);
});

test('a view begins with the whole map, and one toggle leads to cells for a finger and back', () => {
  const view = new View(map);
  view.resize({ width: 390, height: 400 });
  expect(view.sight).toEqual({ isWhole: true, isSmall: true });
  const [gate, spawn] = [view.pointOf({ column: 21, row: 6 }), view.pointOf({ column: 0, row: 5 })];
  expect([gate.x < 390, spawn.x > 0]).toEqual([true, true]);

  view.toggle({ column: 0, row: 5 });
  expect(view.sight.isWhole).toBe(false);
  const next = view.pointOf({ column: 1, row: 5 }).x - view.pointOf({ column: 0, row: 5 }).x;
  expect(next).toBeCloseTo(24);
  expect(view.pointOf({ column: 0, row: 5 }).x).toBeGreaterThan(0);

  view.toggle(null);
  expect(view.sight.isWhole).toBe(true);
});

test('where the whole map has cells for a finger, nothing needs to come nearer', () => {
  const view = new View(map);
  view.resize({ width: 1200, height: 700 });
  expect(view.sight).toEqual({ isWhole: true, isSmall: false });
});
