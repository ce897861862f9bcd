// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';

import { DEFAULT_INPUT_MAP, type InputMap } from '../input/input-map';
import { Bindings } from './Bindings';

vi.stubGlobal('navigator', Object.assign(navigator, { getGamepads: () => [] }));

let map: InputMap = DEFAULT_INPUT_MAP;

afterEach(cleanup);

function Shown() {
  const [shown, setShown] = useState(DEFAULT_INPUT_MAP);
  map = shown;
  return <Bindings map={shown} onChange={setShown} />;
}

function waitForCancelKey(): void {
  render(<Shown />);
  fireEvent.click(screen.getByRole('button', { name: 'Cancel: add a key or button' }));
  expect(screen.getByRole('button', { name: /Press a key/ })).toBeDefined();
}

function isWaiting(): boolean {
  return screen.queryByRole('button', { name: /Press a key/ }) !== null;
}

test('the key that is pressed next is bound', () => {
  waitForCancelKey();
  fireEvent.keyDown(document.body, { code: 'KeyB' });
  expect(map.cancel).toContain('key:KeyB');
  expect(isWaiting()).toBe(false);
});

test.each([
  ['mouse', 'a click'],
  ['touch', 'a tap'],
])('with the %s, %s anywhere cancels and binds nothing', (pointerType) => {
  waitForCancelKey();
  fireEvent.pointerDown(document.body, { pointerType, button: 0 });
  expect(isWaiting()).toBe(false);
  expect(map).toEqual(DEFAULT_INPUT_MAP);
});

test('another click on the button that waits cancels', () => {
  waitForCancelKey();
  const button = screen.getByRole('button', { name: /Press a key/ });
  fireEvent.pointerDown(button, { pointerType: 'mouse', button: 0 });
  fireEvent.click(button);
  expect(isWaiting()).toBe(false);
  expect(map).toEqual(DEFAULT_INPUT_MAP);
});

test('Escape cancels, and reaches nothing else', () => {
  waitForCancelKey();
  const others = vi.fn();
  document.body.addEventListener('keydown', others);
  fireEvent.keyDown(document.body, { code: 'Escape' });
  document.body.removeEventListener('keydown', others);
  expect(isWaiting()).toBe(false);
  expect(map).toEqual(DEFAULT_INPUT_MAP);
  expect(others).not.toHaveBeenCalled();
});

test('a further button of the mouse can be bound', () => {
  waitForCancelKey();
  fireEvent.pointerDown(document.body, { pointerType: 'mouse', button: 1 });
  expect(map.cancel).toContain('mouse:1');
});

test('what the mouse and a finger point with cannot be removed', () => {
  render(<Shown />);
  expect(screen.getByText('Left click')).toBeDefined();
  expect(screen.queryByRole('button', { name: /remove (Left click|Tap)$/ })).toBeNull();
});
