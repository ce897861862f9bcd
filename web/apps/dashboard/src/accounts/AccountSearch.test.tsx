// @vitest-environment happy-dom
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useCallback, useState } from 'react';
import { afterEach, expect, test } from 'vitest';

import { AccountSearch } from './AccountSearch';

afterEach(cleanup);

/** As the router does, changes the address a moment after it was asked to. */
function Page() {
  const [q, setQ] = useState<string>();
  const search = useCallback((next: string | undefined) => {
    setTimeout(() => {
      setQ(next);
    }, 100);
  }, []);
  return (
    <>
      <AccountSearch q={q} onSearch={search} />
      <output>{q}</output>
      <button
        type="button"
        onClick={() => {
          setQ('from before');
        }}
      >
        Back
      </button>
    </>
  );
}

test('letters typed while the address has not followed yet are kept, and in their place', async () => {
  render(<Page />);
  const field = screen.getByRole<HTMLInputElement>('searchbox');
  const values: string[] = [];
  const user = userEvent.setup({ delay: 70 });
  for (const letter of 'north') {
    await user.type(field, letter);
    values.push(field.value);
  }
  expect(values).toEqual(['n', 'no', 'nor', 'nort', 'north']);
  await waitFor(() => {
    expect(screen.getByRole('status').textContent).toBe('north');
  });
  expect(field.value).toBe('north');
});

test('an address that changes by other means changes the text', async () => {
  render(<Page />);
  await userEvent.type(screen.getByRole('searchbox'), 'n');
  await waitFor(() => {
    expect(screen.getByRole('status').textContent).toBe('n');
  });
  await userEvent.click(screen.getByRole('button', { name: 'Back' }));
  expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('from before');
});
