import fc from 'fast-check';
import { expect, test } from 'vitest';

import { group, IDENTITY, node, childMatrix, applyMatrix, walk, type Matrix } from './scene';

const number = fc.double({ min: -1000, max: 1000, noNaN: true });
const placement = fc.record({
  x: number,
  y: number,
  rotation: fc.double({ min: -7, max: 7, noNaN: true }),
  scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
  alpha: fc.constant(1),
});

test('a child rotates and moves with its parent', () => {
  const tower = { x: 10, y: 20, rotation: Math.PI / 2, scale: 2, alpha: 1 };
  const muzzle = childMatrix(childMatrix(IDENTITY, tower), { x: 3, y: 0, rotation: 0, scale: 1, alpha: 1 });
  const { x, y } = applyMatrix(muzzle, 0, 0);
  expect([x, y].map(Math.round)).toEqual([10, 26]);
});

test('mapping through child and parent in turn equals mapping through the combined matrix', () => {
  fc.assert(
    fc.property(placement, placement, number, number, (parent, child, x, y) => {
      const outer = childMatrix(IDENTITY, parent);
      const inChild = applyMatrix(childMatrix(IDENTITY, child), x, y);
      const direct = applyMatrix(childMatrix(outer, child), x, y);
      const byParent = applyMatrix(outer, inChild.x, inChild.y);
      expect(direct.x).toBeCloseTo(byParent.x, 4);
      expect(direct.y).toBeCloseTo(byParent.y, 4);
    }),
  );
});

test('parents are drawn before their children, and children in order', () => {
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

test('a child is as transparent as its parent makes it, and invisible nodes are not visited', () => {
  const alphas: number[] = [];
  const tree = group([node({ alpha: 0.5 }, null), group([node({}, null)], { alpha: 0 })], { alpha: 0.5 });
  walk(tree, IDENTITY, (_, __: Matrix, alpha) => alphas.push(alpha));
  expect(alphas).toEqual([0.5, 0.25]);
});
