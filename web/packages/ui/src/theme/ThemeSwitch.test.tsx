// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { ThemeSwitch } from './ThemeSwitch';

afterEach(cleanup);

test('choosing a theme applies it to the page and stores it', async () => {
  render(<ThemeSwitch />);
  await userEvent.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement.dataset['theme']).toBe('dark');
  cleanup();
  render(<ThemeSwitch />);
  expect(screen.getByRole('radio', { name: 'Dark', checked: true })).toBeDefined();
});
