import { expect, test } from 'vitest';

import { Gamepads, type Pad } from './gamepad';

function pad(pressed: readonly number[], axes: readonly number[] = [0, 0]): Pad {
  return {
    axes,
    buttons: Array.from({ length: 17 }, (_, number) => ({ pressed: pressed.includes(number) })),
  };
}

test('a button triggers once, however long it is held', () => {
  const pads = new Gamepads();
  expect(pads.triggers([pad([0])], 0)).toEqual(['pad:0']);
  expect(pads.triggers([pad([0])], 5000)).toEqual([]);
  expect(pads.triggers([pad([])], 5016)).toEqual([]);
  expect(pads.triggers([pad([0])], 5032)).toEqual(['pad:0']);
});

test('the D-pad repeats while it is held, after a delay', () => {
  const pads = new Gamepads();
  const times = Array.from({ length: 60 }, (_, frame) => frame * 16);
  const moves = times.flatMap((time) => pads.triggers([pad([15])], time));
  expect(moves.length).toBeGreaterThan(3);
  expect(moves.length).toBeLessThan(10);
});

test('the left stick acts like the D-pad', () => {
  expect(new Gamepads().triggers([null, pad([], [-0.9, 0.8])], 0).toSorted()).toEqual(['pad:13', 'pad:14']);
});
