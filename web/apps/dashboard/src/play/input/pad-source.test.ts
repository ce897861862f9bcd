import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Pad } from './gamepad';
import { PadSource } from './pad-source';

let held: readonly number[] = [];
let frame: (now: number) => void = () => undefined;

beforeEach(() => {
  const pad = (): Pad => ({
    axes: [0, 0],
    buttons: Array.from({ length: 17 }, (_, number) => ({ pressed: held.includes(number) })),
  });
  vi.stubGlobal('navigator', { getGamepads: () => [pad()] });
  vi.stubGlobal('requestAnimationFrame', (work: typeof frame) => {
    frame = work;
    return 1;
  });
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
  held = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function press(button: number): void {
  held = [button];
  frame(0);
}

test('a press goes to what opened last, and to what is below after that has closed', () => {
  const [match, dialog] = [vi.fn(), vi.fn()];
  const source = new PadSource();
  source.listen(match);
  const close = source.listen(dialog);
  press(1);
  expect(dialog).toHaveBeenCalledWith('pad:1');
  expect(match).not.toHaveBeenCalled();
  close();
  press(0);
  expect(match).toHaveBeenCalledWith('pad:0');
});

test('the button that opened something triggers nothing in it while it is held', () => {
  const source = new PadSource();
  const opened = vi.fn();
  source.listen(() => source.listen(opened));
  press(0);
  frame(16);
  expect(opened).not.toHaveBeenCalled();
});
