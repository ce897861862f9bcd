import fc from 'fast-check';
import { expect, test } from 'vitest';

import { group, IDENTITY, node, placed, transformed, walk, type Matrix } from './scene';

const number = fc.double({ min: -1000, max: 1000, noNaN: true });
const placement = fc.record({
  x: number,
  y: number,
  rotation: fc.double({ min: -7, max: 7, noNaN: true }),
  scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
  alpha: fc.constant(1),
});

test('a child turns and moves with its parent', () => {
  const tower = { x: 10, y: 20, rotation: Math.PI / 2, scale: 2, alpha: 1 };
  const muzzle = placed(placed(IDENTITY, tower), { x: 3, y: 0, rotation: 0, scale: 1, alpha: 1 });
  const { x, y } = transformed(muzzle, 0, 0);
  expect([x, y].map(Math.round)).toEqual([10, 26]);
});

test('the place of a place in a child is its place in the parent, whatever the transforms', () => {
  fc.assert(
    fc.property(placement, placement, number, number, (parent, child, x, y) => {
      const outer = placed(IDENTITY, parent);
      const inChild = transformed(placed(IDENTITY, child), x, y);
      const direct = transformed(placed(outer, child), x, y);
      const byParent = transformed(outer, inChild.x, inChild.y);
      expect(direct.x).toBeCloseTo(byParent.x, 4);
      expect(direct.y).toBeCloseTo(byParent.y, 4);
    }),
  );
});

test('parents are drawn before their children, and these in their order', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => node({}, () => name));
  const names = new Map([a, b, c, d].map((each, at) => [each, 'abcd'[at]]));
  const tree = group([node({}, a?.paint ?? null, [b ?? group([]), c ?? group([])]), d ?? group([])]);
  const seen: string[] = [];
  walk(tree, IDENTITY, (each) => {
    const paint = each.paint;
    const found = [...names].find(([known]) => known?.paint === paint && paint !== null);
    if (found?.[1] !== undefined) seen.push(found[1]);
  });
  expect(seen.join('')).toBe('abcd');
});

test('what is half seen through its parent is half as much seen, and what is not seen is not visited', () => {
  const shown: number[] = [];
  const tree = group([node({ alpha: 0.5 }, null), group([node({}, null)], { alpha: 0 })], { alpha: 0.5 });
  walk(tree, IDENTITY, (_, __: Matrix, alpha) => shown.push(alpha));
  expect(shown).toEqual([0.5, 0.25]);
});
