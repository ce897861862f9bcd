import { expect, test } from 'vitest';

import { layout, snapshot, snapshotNumbers } from '../testing/fixtures';
import { decodeSnapshot } from './snapshot';

test('columns are found by name, wherever the layout places them', () => {
  const { score, creeps, towers, shells, events } = snapshot({
    score: { tick: 7, gold: 90 },
    creeps: [
      { uid: 1, x: 10, slow: 3 },
      { uid: 2, x: 20 },
    ],
    towers: [{ uid: 5, kills: 4 }],
    events: [{ kind: 6, b: 8 }],
  });
  expect([score.tick, score.gold, score.creeps, score.events]).toEqual([7, 90, 2, 1]);
  expect([...creeps.columns.uid]).toEqual([1, 2]);
  expect([...creeps.columns.x]).toEqual([10, 20]);
  expect([...creeps.columns.slow]).toEqual([3, 0]);
  expect([towers.columns.kills[0], shells.count, events.columns.b[0]]).toEqual([4, 0, 8]);
});

test('tables are views of the received numbers, not copies', () => {
  const numbers = snapshotNumbers({ creeps: [{ uid: 1 }] });
  expect(decodeSnapshot(numbers, layout).creeps.columns.uid.buffer).toBe(numbers.buffer);
});

test('a snapshot shorter than its header announces is an error', () => {
  const numbers = snapshotNumbers({ creeps: [{ uid: 1 }] });
  expect(() => decodeSnapshot(numbers.subarray(0, -1), layout)).toThrow(/numbers, not/);
});
