// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';

import { ChartCard } from './chart/ChartCard';
import { ErrorState } from './ErrorState';
import { Table } from './Table';
import { ThemeSwitch } from './theme/ThemeSwitch';

afterEach(cleanup);

test('the theme switch shows its choice on the page and remembers it', async () => {
  render(<ThemeSwitch />);
  await userEvent.click(screen.getByRole('radio', { name: 'Dark' }));
  expect(document.documentElement.dataset['theme']).toBe('dark');
  cleanup();
  render(<ThemeSwitch />);
  expect(screen.getByRole('radio', { name: 'Dark', checked: true })).toBeDefined();
});

test('a chart gives way to its table twin and comes back', async () => {
  const bars = { label: 'Events', series: [], groups: [], formatAxis: String };
  render(<ChartCard title="Activity" bars={bars} table={<p>the table</p>} />);
  const toggle = screen.getByRole('button', { name: 'Show as table', pressed: false });
  await userEvent.click(toggle);
  expect(screen.getByText('the table')).toBeDefined();
  await userEvent.click(toggle);
  expect(screen.getByRole('figure', { name: 'Events' })).toBeDefined();
});

test('a problem shows its detail and hint and can be tried again', async () => {
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

test('a table names its rows and tells how it is sorted', () => {
  const columns = [
    {
      id: 'name',
      header: 'Name',
      cell: (row: { name: string }) => row.name,
      rowHeader: true,
      sort: { direction: 'ascending' as const, toggle: () => undefined },
    },
  ];
  render(
    <Table
      label="Plans"
      columns={columns}
      rows={[{ name: 'Pro' }]}
      rowKey={(row) => row.name}
      narrow="cards"
    />,
  );
  expect(screen.getByRole('table', { name: 'Plans' })).toBeDefined();
  expect(screen.getByRole('rowheader', { name: 'Pro' })).toBeDefined();
  expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
});
