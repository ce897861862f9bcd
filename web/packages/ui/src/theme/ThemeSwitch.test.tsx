// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { ThemeSwitch } from './ThemeSwitch';

afterEach(cleanup);

test('the theme switch shows its choice on the page and remembers it', async () => {
  render(<ThemeSwitch />);
  await userEvent.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement.dataset['theme']).toBe('dark');
  cleanup();
  render(<ThemeSwitch />);
  expect(screen.getByRole('radio', { name: 'Dark', checked: true })).toBeDefined();
});
