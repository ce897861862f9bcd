// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { BarChart, HeatTable, IntervalDots, LineChart, ReliabilityPlot, WaterfallChart } from './charts';
import type { ChartData } from './core/model';
import { ChartTable, ReliabilityTable, WaterfallTable } from './tables';

afterEach(cleanup);

const mrr: ChartData = {
  points: [
    { id: '2024-01', label: 'January 2024', tick: 'Jan 24' },
    { id: '2024-02', label: 'February 2024', tick: 'Feb' },
    { id: '2024-03', label: 'March 2024', tick: 'Mar' },
  ],
  series: [
    { id: 'now', label: 'this year', color: 'green', values: ['9007199254740993.07', null, '120.00'] },
    { id: 'before', label: 'a year before', color: 'grey', earlier: true, values: ['80', '90', '100'] },
  ],
  format: (value) => `$${value}`,
};
const formatTick = String;

function spoken(slider: HTMLElement) {
  return slider.getAttribute('aria-valuetext');
}

describe('a line chart', () => {
  test('is one tab stop, walks by arrow keys, and speaks exact values and unknown ones', async () => {
    render(<LineChart label="MRR" {...mrr} formatTick={formatTick} />);
    const slider = await screen.findByRole('slider', { name: 'Points of: MRR' });
    await userEvent.tab();
    expect(document.activeElement).toBe(slider);
    expect(spoken(slider)).toBe('March 2024, this year $120.00, a year before $100');
    await userEvent.keyboard('{ArrowLeft}');
    expect(spoken(slider)).toBe('February 2024, this year unknown, a year before $90');
    await userEvent.keyboard('{Home}{ArrowLeft}');
    expect(spoken(slider)).toBe('January 2024, this year $9007199254740993.07, a year before $80');
    expect(slider.getAttribute('aria-valuenow')).toBe('1');
  });

  test('opens the rows behind the point that keys or a pointer have reached', async () => {
    const open = vi.fn();
    render(<LineChart label="MRR" {...mrr} formatTick={formatTick} onOpen={open} />);
    const slider = await screen.findByRole('slider');
    slider.focus();
    await userEvent.keyboard('{ArrowLeft}{Enter}');
    expect(open).toHaveBeenLastCalledWith('2024-02');
    vi.spyOn(slider, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 200, 100));
    await userEvent.pointer({ keys: '[MouseLeft]', target: slider, coords: { clientX: 190 } });
    expect(open).toHaveBeenLastCalledWith('2024-03');
  });

  test('has a sentence, labels at the ends of its lines, and its annotations', async () => {
    const annotations = [
      { pointId: '2024-02', label: 'Prices +5%' },
      { pointId: '2023-01', label: 'outside' },
    ];
    render(<LineChart label="MRR" {...mrr} formatTick={formatTick} annotations={annotations} area />);
    const slider = await screen.findByRole('slider');
    const sentence = document.getElementById(slider.getAttribute('aria-describedby') ?? '');
    expect(sentence?.textContent).toContain('this year fell from $9007199254740993.07 (January 2024)');
    expect(screen.getByText('a year before').textContent).toBe('$100a year before');
    expect(screen.getByText('Prices +5%')).toBeDefined();
    expect(screen.queryByText('outside')).toBeNull();
  });

  test('says at the point what an annotation means, and in the table only where there is one', async () => {
    const annotations = [{ pointId: '2024-03', label: 'Import', detail: 'Mar 2: an import' }];
    render(<LineChart label="MRR" {...mrr} formatTick={formatTick} annotations={annotations} />);
    expect(spoken(await screen.findByRole('slider'))).toMatch(/a year before \$100, Mar 2: an import$/u);
    render(<ChartTable label="MRR" head="Month" {...mrr} annotations={annotations} />);
    expect(screen.getByRole('cell', { name: 'Mar 2: an import' })).toBeDefined();
    expect(screen.getByRole('columnheader', { name: 'What happened' })).toBeDefined();
    cleanup();
    render(<ChartTable label="MRR" head="Month" {...mrr} annotations={[]} />);
    expect(screen.queryByRole('columnheader', { name: 'What happened' })).toBeNull();
  });

  test('without points says so', async () => {
    render(<LineChart label="MRR" points={[]} series={[]} format={String} formatTick={formatTick} />);
    expect(await screen.findByText('No values in this period.')).toBeDefined();
  });
});

test('stacked bars have their exact sums in the legend', async () => {
  const series = [
    { id: 'new', label: 'New', color: 'blue', values: ['0.10', '0.20', null] },
    { id: 'churn', label: 'Churn', color: 'red', values: ['-1', '0', '0'] },
  ] as const;
  render(<BarChart label="Movements" {...mrr} series={series} formatTick={formatTick} />);
  expect(screen.getByRole('list', { name: 'Legend' }).textContent).toBe('New$0.30 (1 unknown)Churn$-1');
  expect(spoken(await screen.findByRole('slider'))).toBe('March 2024, New unknown');
});

test('a waterfall walks by step and opens one', async () => {
  const open = vi.fn();
  const steps = [
    { id: 'opening', label: 'Opening', tick: 'Open', kind: 'level', amount: '10' },
    { id: 'new', label: 'New', tick: 'New', kind: 'change', amount: null },
    { id: 'closing', label: 'Closing', tick: 'Close', kind: 'level', amount: '15' },
  ] as const;
  const formats = { format: String, formatShort: String, formatCompact: String, formatTick };
  render(<WaterfallChart label="Movements" steps={steps} {...formats} onOpen={open} />);
  const slider = await screen.findByRole('slider');
  slider.focus();
  await userEvent.keyboard('{ArrowLeft} ');
  expect(spoken(slider)).toBe('New, unknown');
  expect(open).toHaveBeenLastCalledWith('new');
});

test('a reliability plot walks in the order of the predictions', async () => {
  const groups = [
    { id: 'high', predicted: 0.5, observed: null, count: 0 },
    { id: 'low', predicted: 0.1, observed: 0.08, low: 0.05, high: 0.1, count: 1200 },
  ];
  render(<ReliabilityPlot label="Reliability" groups={groups} />);
  const slider = await screen.findByRole('slider');
  expect(spoken(slider)).toBe('0 predictions, Predicted 50%, Observed unknown');
  slider.focus();
  await userEvent.keyboard('{Home}');
  expect(spoken(slider)).toBe('1,200 predictions, Predicted 10%, Observed 8.0%');
});

test('a heat table is one tab stop, walks by arrow keys in both directions, and opens a cell', async () => {
  const open = vi.fn();
  const rows = [
    { id: 'jan', label: 'January', size: '38', values: ['100', '90'] },
    { id: 'feb', label: 'February', size: '41', values: ['100'] },
  ] as const;
  render(
    <HeatTable
      label="Customers still paying"
      heads={['Began', 'Size']}
      columns={['0', '1']}
      rows={rows}
      format={(value) => `${value}%`}
      onOpen={open}
    />,
  );
  expect(await screen.findByRole('rowheader', { name: 'January' })).toBeDefined();
  await userEvent.tab();
  await userEvent.keyboard('{ArrowRight}{ArrowLeft}{ArrowDown}{Enter}');
  expect(document.activeElement?.textContent).toBe('100%');
  expect(open).toHaveBeenLastCalledWith('feb', 0);
  await userEvent.click(screen.getByText('90%'));
  expect(open).toHaveBeenLastCalledWith('jan', 1);
  expect(screen.getByText('Lowest 90% (January, 1), highest 100% (January, 0).')).toBeDefined();
});

test('intervals are a table with their values in words, and open their rows', async () => {
  const open = vi.fn();
  const intervals = [
    { id: 'mail', label: 'Mail', value: '-9.9', low: '-17.8', high: '-2.1', text: '9.9 points fewer left' },
    { id: 'call', label: 'Call', value: null, low: null, high: null, text: 'Not enough yet' },
  ] as const;
  render(<IntervalDots label="Effects" heads={['Action', 'Effect']} intervals={intervals} onOpen={open} />);
  expect(await screen.findByRole('cell', { name: 'Not enough yet' })).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Mail' }));
  expect(open).toHaveBeenLastCalledWith('mail');
});

test('the tables of a waterfall and of a reliability plot have what their charts show', () => {
  const step = { id: 'new', label: 'New', tick: 'New', kind: 'change', amount: '5.00' } as const;
  render(<WaterfallTable label="Movements" steps={[step]} format={(amount) => `+$${amount}`} />);
  expect(screen.getByRole('cell', { name: '+$5.00' })).toBeDefined();
  const group = { id: 'low', predicted: 0.1, observed: null, count: 1200 };
  render(<ReliabilityTable label="Reliability" groups={[group]} />);
  expect(screen.getByRole('rowheader', { name: '10%' })).toBeDefined();
  expect(screen.getAllByRole('cell', { name: 'unknown' })).toHaveLength(3);
});

test('the table of a chart has one row for each point, exact', () => {
  render(<ChartTable label="MRR" head="Month" {...mrr} />);
  expect(screen.getAllByRole('row')).toHaveLength(4);
  expect(screen.getByRole('cell', { name: '$9007199254740993.07' })).toBeDefined();
  expect(screen.getByRole('cell', { name: 'unknown' })).toBeDefined();
});
