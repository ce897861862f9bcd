// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { ChartCard } from './ChartCard';

afterEach(cleanup);

test('the chart can be switched to a table and back', async () => {
  const bars = { label: 'Events', series: [], groups: [], formatAxis: String };
  render(<ChartCard title="Activity" bars={bars} table={<p>the table</p>} />);
  const toggle = screen.getByRole('button', { name: 'Show as table', pressed: false });
  await userEvent.click(toggle);
  expect(screen.getByText('the table')).toBeDefined();
  await userEvent.click(toggle);
  expect(screen.getByRole('figure', { name: 'Events' })).toBeDefined();
});
