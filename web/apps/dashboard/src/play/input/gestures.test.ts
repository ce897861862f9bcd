import { beforeEach, expect, test, vi } from 'vitest';

import { Gestures } from './gestures';

const listener = { onTrigger: vi.fn(), onHover: vi.fn(), onPan: vi.fn(), onPinch: vi.fn() };
let gestures: Gestures;

beforeEach(() => {
  vi.clearAllMocks();
  gestures = new Gestures(listener);
});

function down(id: number, x: number, y: number, device = 'touch', button = 0): void {
  gestures.down({ id, point: { x, y }, device, button, time: 0 });
}

test('a finger that goes down and up in one place taps', () => {
  down(1, 10, 10);
  gestures.move(1, { x: 12, y: 11 });
  gestures.up(1, 100);
  expect(listener.onTrigger).toHaveBeenCalledExactlyOnceWith('touch:tap', { x: 12, y: 11 });
  expect(listener.onPan).not.toHaveBeenCalled();
});

test('a finger that stays down is a long press', () => {
  down(1, 10, 10);
  gestures.up(1, 900);
  expect(listener.onTrigger).toHaveBeenCalledWith('touch:hold', { x: 10, y: 10 });
});

test('a finger that moves drags the board without tapping', () => {
  down(1, 10, 10);
  gestures.move(1, { x: 40, y: 10 });
  gestures.move(1, { x: 60, y: 15 });
  gestures.up(1, 100);
  expect(listener.onPan).toHaveBeenLastCalledWith({ x: 20, y: 5 });
  expect(listener.onTrigger).not.toHaveBeenCalled();
});

test('two fingers that move apart zoom around their center', () => {
  down(1, 100, 100);
  down(2, 200, 100);
  gestures.move(2, { x: 300, y: 100 });
  expect(listener.onPinch).toHaveBeenCalledExactlyOnceWith(2, { x: 200, y: 100 });
  gestures.up(1, 100);
  gestures.up(2, 100);
  expect(listener.onTrigger).not.toHaveBeenCalled();
});

test('two fingers that go down and up in place are one two-finger tap', () => {
  down(1, 100, 100);
  down(2, 200, 100);
  gestures.up(1, 90);
  gestures.up(2, 100);
  expect(listener.onTrigger).toHaveBeenCalledExactlyOnceWith('touch:two', { x: 200, y: 100 });
});

test('a mouse press names its button; without a button the mouse hovers', () => {
  gestures.move(1, { x: 5, y: 5 });
  expect(listener.onHover).toHaveBeenCalledWith({ x: 5, y: 5 });
  down(1, 5, 5, 'mouse', 2);
  gestures.up(1, 100);
  expect(listener.onTrigger).toHaveBeenCalledWith('mouse:2', { x: 5, y: 5 });
});

test('a touch that the browser cancels does nothing', () => {
  down(1, 10, 10);
  gestures.cancel(1);
  gestures.up(1, 100);
  expect(listener.onTrigger).not.toHaveBeenCalled();
});
