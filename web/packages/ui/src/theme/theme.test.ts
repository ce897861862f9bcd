// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import { applyTheme, parseTheme, rememberTheme, rememberedTheme } from './theme';

test('a stored theme is restored', () => {
  rememberTheme('dark');
  expect(rememberedTheme()).toBe('dark');
});

test("where the browser denies its storage, the theme is the system's, and choosing another one is no error", () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  expect(rememberedTheme(denied)).toBe('system');
  rememberTheme('dark', denied);
  expect(rememberedTheme(denied)).toBe('system');
});

test.each([null, '', 'sepia'])('%j means the theme of the system', (remembered) => {
  expect(parseTheme(remembered)).toBe('system');
});

test('going back to the system removes the override from the page', () => {
  const root = document.documentElement;
  applyTheme('dark', root);
  expect(root.dataset['theme']).toBe('dark');
  applyTheme('system', root);
  expect(root.hasAttribute('data-theme')).toBe(false);
});
