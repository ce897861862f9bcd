// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { isTyping, isOfControl, KeyRegistry } from './registry';

const nothing = () => undefined;
const plain = { ctrlKey: false, metaKey: false, altKey: false };

test('the key of a page wins over the same key of the shell, until the page is gone', () => {
  const keys = new KeyRegistry();
  keys.add({ title: 'Everywhere', bindings: [{ key: 'd', label: 'shell', run: nothing }] });
  const remove = keys.add({ title: 'Here', bindings: [{ key: 'd', label: 'page', run: nothing }] });
  expect(keys.find({ key: 'd', ...plain })?.label).toBe('page');
  remove();
  expect(keys.find({ key: 'd', ...plain })?.label).toBe('shell');
});

test('a key with Ctrl belongs to the browser', () => {
  const keys = new KeyRegistry();
  keys.add({ title: 'Here', bindings: [{ key: 'd', label: 'day', run: nothing }] });
  expect(keys.find({ key: 'd', ...plain, ctrlKey: true })).toBeUndefined();
});

test('a reader who types in a field presses no shortcut', () => {
  const field = document.createElement('input');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  expect(isTyping(field)).toBe(true);
  expect(isTyping(box)).toBe(false);
  expect(isTyping(document.body)).toBe(false);
});

test('arrow keys belong to the control that they walk through', () => {
  const radio = Object.assign(document.createElement('input'), { type: 'radio' });
  const cell = document.createElement('td');
  const table = document.createElement('table');
  table.setAttribute('role', 'grid');
  table.append(cell);
  expect([isOfControl('ArrowLeft', radio), isOfControl('ArrowUp', cell)]).toEqual([true, true]);
  expect([isOfControl('ArrowLeft', document.body), isOfControl('d', radio)]).toEqual([false, false]);
});
