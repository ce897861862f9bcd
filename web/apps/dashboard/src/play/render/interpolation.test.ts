import fc from 'fast-check';
import { expect, test } from 'vitest';

import { snapshot, type SnapshotParts } from '../testing/fixtures';
import { creepPoses, shellPoses, Timeline } from './interpolation';

const TICKS_PER_MILLISECOND = 30 / 1000;

function timeline(...added: readonly (readonly [SnapshotParts, number])[]): Timeline {
  const line = new Timeline();
  for (const [parts, time] of added) line.add(snapshot(parts), time);
  return line;
}

function at(line: Timeline, time: number, rate = TICKS_PER_MILLISECOND) {
  const between = line.at(time, rate);
  if (between === null) throw new Error('nothing to draw');
  return between;
}

test('before the first snapshot nothing is drawn', () => {
  expect(new Timeline().at(0, 1)).toBeNull();
});

test('half a tick after a snapshot, a creep is drawn halfway to its new position', () => {
  const line = timeline(
    [{ score: { tick: 10 }, creeps: [{ uid: 1, x: 100, full: 10, hp: 5 }] }, 1000],
    [{ score: { tick: 11 }, creeps: [{ uid: 1, x: 200, full: 10, hp: 5 }] }, 1033],
  );
  const [pose] = creepPoses(at(line, 1033 + 1000 / 60));
  expect(pose?.x).toBeCloseTo(150, 0);
  expect(pose?.health).toBe(0.5);
});

test('creeps are matched by uid, whatever their rows', () => {
  const line = timeline(
    [
      {
        score: { tick: 1 },
        creeps: [
          { uid: 1, x: 0 },
          { uid: 2, x: 500 },
        ],
      },
      0,
    ],
    [{ score: { tick: 2 }, creeps: [{ uid: 2, x: 600 }] }, 33],
  );
  expect(creepPoses(at(line, 33)).map(({ uid, x }) => [uid, x])).toEqual([[2, 500]]);
});

test('a new creep is drawn at its position', () => {
  const line = timeline(
    [{ score: { tick: 1 } }, 0],
    [{ score: { tick: 2 }, creeps: [{ uid: 9, x: 700 }] }, 33],
  );
  expect(creepPoses(at(line, 33))[0]?.x).toBe(700);
});

test('nothing moves during a pause', () => {
  const line = timeline(
    [{ score: { tick: 1 }, creeps: [{ uid: 1, x: 0 }] }, 0],
    [{ score: { tick: 2 }, creeps: [{ uid: 1, x: 100 }] }, 33],
  );
  const [now, later] = [at(line, 40, 0), at(line, 4000, 0)];
  expect(creepPoses(now)).toEqual(creepPoses(later));
});

test('nothing is drawn ahead of the newest snapshot, whatever the time', () => {
  const line = timeline(
    [{ score: { tick: 1 }, creeps: [{ uid: 1, x: 0 }] }, 0],
    [{ score: { tick: 3 }, creeps: [{ uid: 1, x: 100 }] }, 33],
  );
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (time) => {
      const x = creepPoses(at(line, time))[0]?.x ?? -1;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(100);
    }),
  );
});

test('a homing shell is drawn on the way to its target, behind its newest position', () => {
  const line = timeline(
    [{ score: { tick: 1 } }, 0],
    [{ score: { tick: 2 }, shells: [{ row: 0, x: 1000, y: 500, to_x: 2000, to_y: 500, target: 4 }] }, 33],
  );
  const [pose] = shellPoses(at(line, 33), () => 400);
  expect([pose?.x, pose?.y, pose?.heading]).toEqual([600, 500, 0]);
});

test('a ballistic shell is drawn along its velocity, and never below the ground', () => {
  const falls = { row: 0, x: 1000, y: 0, z: 10, vx: 256 * 100, vz: 256 * 300, target: -1 };
  const line = timeline([{ score: { tick: 1 } }, 0], [{ score: { tick: 2 }, shells: [falls] }, 33]);
  const [pose] = shellPoses(at(line, 33), () => 0);
  expect([pose?.x, pose?.z]).toEqual([900, 0]);
});
