// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { Table } from './Table';

afterEach(cleanup);

test('a table has row headers and shows how it is sorted', () => {
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
