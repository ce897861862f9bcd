// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { ErrorState } from './ErrorState';

afterEach(cleanup);

test('a problem shows its detail and hint, and can be retried', async () => {
  const retry = vi.fn();
  const problem = {
    type: 'about:blank',
    title: 'Database unavailable',
    status: 503,
    detail: 'Too many clients.',
    code: 'unavailable',
    hint: 'Wait a moment.',
  };
  render(<ErrorState problem={problem} onRetry={retry} />);
  expect(screen.getByRole('alert').textContent).toContain('Too many clients.Wait a moment.');
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(retry).toHaveBeenCalledOnce();
});
