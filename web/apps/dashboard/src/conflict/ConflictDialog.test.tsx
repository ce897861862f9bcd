// @vitest-environment happy-dom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { ConflictDialog } from './ConflictDialog';

afterEach(cleanup);

const FIELDS = [
  { name: 'name', label: 'Name' },
  { name: 'locale', label: 'Language' },
];

function open(theirs: unknown) {
  const chosen = { onKeepMine: vi.fn(), onTakeTheirs: vi.fn(), onLater: vi.fn() };
  render(
    <ConflictDialog
      what="these settings"
      mine={{ name: 'Mine' }}
      theirs={theirs}
      fields={FIELDS}
      {...chosen}
    />,
  );
  return chosen;
}

test('both versions of what was changed are shown, and fields that were not touched are left out', async () => {
  const { onKeepMine } = open({ name: 'Theirs', locale: 'de' });
  const version = (name: string) => within(screen.getByRole('region', { name, hidden: true }));
  expect(version('Yours').getByText('Mine')).toBeDefined();
  expect(version('Theirs, saved').getByText('Theirs')).toBeDefined();
  expect(screen.queryByText('Language')).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Save mine', hidden: true }));
  expect(onKeepMine).toHaveBeenCalledOnce();
});

test('what cannot be read any more cannot be overwritten', () => {
  open(null);
  expect(screen.queryByRole('button', { name: 'Save mine', hidden: true })).toBeNull();
  expect(screen.getByRole('button', { name: 'Take theirs', hidden: true })).toBeDefined();
});
