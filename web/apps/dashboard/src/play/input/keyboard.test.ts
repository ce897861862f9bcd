// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { keyTrigger } from './keyboard';

const plain = { ctrlKey: false, metaKey: false, altKey: false };

function within(html: string): Element | null {
  document.body.innerHTML = html;
  return document.querySelector('[data-focus]');
}

test('a key pressed on the board belongs to the game', () => {
  expect(keyTrigger({ ...plain, code: 'Space', target: document.body })).toBe('key:Space');
  expect(keyTrigger({ ...plain, code: 'NumpadEnter', target: document.body })).toBe('key:Enter');
});

test('with Control, Alt or Meta it belongs to the browser', () => {
  expect(keyTrigger({ ...plain, ctrlKey: true, code: 'KeyS', target: document.body })).toBeNull();
});

test('a field or dialog keeps every key', () => {
  expect(keyTrigger({ ...plain, code: 'KeyS', target: within('<input data-focus>') })).toBeNull();
  const inDialog = within('<div role="dialog"><button data-focus></button></div>');
  expect(keyTrigger({ ...plain, code: 'KeyU', target: inDialog })).toBeNull();
});

test('a focused button keeps Space and leaves letters to the game', () => {
  const button = within('<button data-focus></button>');
  expect(keyTrigger({ ...plain, code: 'Space', target: button })).toBeNull();
  expect(keyTrigger({ ...plain, code: 'KeyN', target: button })).toBe('key:KeyN');
});
