// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { keyTrigger } from './keyboard';

const plain = { ctrlKey: false, metaKey: false, altKey: false };

function within(html: string): Element | null {
  document.body.innerHTML = html;
  return document.querySelector('[data-focus]');
}

test('a key on the board is the game’s', () => {
  expect(keyTrigger({ ...plain, code: 'Space', target: document.body })).toBe('key:Space');
  expect(keyTrigger({ ...plain, code: 'NumpadEnter', target: document.body })).toBe('key:Enter');
});

test('with Control, Alt or Meta it is the browser’s', () => {
  expect(keyTrigger({ ...plain, ctrlKey: true, code: 'KeyS', target: document.body })).toBeNull();
});

test('in a field or a dialog every key is its own', () => {
  expect(keyTrigger({ ...plain, code: 'KeyS', target: within('<input data-focus>') })).toBeNull();
  const inDialog = within('<div role="dialog"><button data-focus></button></div>');
  expect(keyTrigger({ ...plain, code: 'KeyU', target: inDialog })).toBeNull();
});

test('a button with the focus is pressed by Space, and leaves letters to the game', () => {
  const button = within('<button data-focus></button>');
  expect(keyTrigger({ ...plain, code: 'Space', target: button })).toBeNull();
  expect(keyTrigger({ ...plain, code: 'KeyN', target: button })).toBe('key:KeyN');
});
