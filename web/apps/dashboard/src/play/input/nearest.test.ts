import { expect, test } from 'vitest';

import { nearestBox, type Box } from './nearest';

function box(left: number, top: number): Box {
  return { left, top, right: left + 10, bottom: top + 10 };
}

// 0 1 2
// 3   4
const boxes = [box(0, 0), box(20, 0), box(40, 0), box(0, 20), box(40, 20)];

test.each([
  ['right', 0, { across: 1, down: 0 }, 1],
  ['left', 2, { across: -1, down: 0 }, 1],
  ['down', 0, { across: 0, down: 1 }, 3],
  ['up', 4, { across: 0, down: -1 }, 2],
  ['over a gap', 3, { across: 1, down: 0 }, 4],
  ['aside, if the way straight ahead is empty', 1, { across: 0, down: 1 }, 3],
] as const)('the focus moves %s', (_, from, direction, to) => {
  expect(nearestBox(boxes[from] ?? box(0, 0), boxes, direction)).toBe(to);
});

test('at an edge there is nothing', () => {
  expect(nearestBox(box(0, 0), boxes, { across: -1, down: 0 })).toBeNull();
});
