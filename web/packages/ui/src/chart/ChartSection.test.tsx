// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { ChartSection } from './ChartSection';
import { LineChart } from './charts';

afterEach(cleanup);

test('the chart can be switched to a table and back', async () => {
  const chart = <LineChart label="Events" points={[]} series={[]} format={String} formatTick={String} />;
  render(<ChartSection title="Activity" chart={chart} table={<p>the table</p>} />);
  const toggle = screen.getByRole('button', { name: 'As table', pressed: false });
  await userEvent.click(toggle);
  expect(screen.getByText('the table')).toBeDefined();
  await userEvent.click(toggle);
  expect(screen.getByRole('figure', { name: 'Events' })).toBeDefined();
});
