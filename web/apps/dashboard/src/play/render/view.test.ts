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
