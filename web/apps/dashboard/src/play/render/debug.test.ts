import { expect, test } from 'vitest';

import { pushesOf } from './debug';
import type { CreepPose } from './interpolation';

const pose = (uid: number, x: number, y: number) => ({ uid, x, y }) as CreepPose;

test('a push starts at its creep as drawn, and one whose creep is gone is left out', () => {
  const pushes = Int32Array.from([3, 256, 0, 4, 0, -512, 9, 100, 100]);
  expect(pushesOf(pushes, [pose(3, 1000, 2000), pose(4, 5, 6), pose(5, 7, 8)])).toEqual([
    { x: 1000, y: 2000, across: 96, down: 0 },
    { x: 5, y: 6, across: 0, down: -192 },
  ]);
});
