import { expect, test } from 'vitest';

import { earlierSeries } from './earlier-series';
import { series } from './testing';

test('an earlier line names its own steps, not those that it is drawn under', () => {
  const points = series(
    { end: '2024-11-30', mrr: '1.00' },
    { end: '2024-12-31', mrr: '2.00' },
    { end: '2025-01-31', mrr: '3.00' },
  );
  const view = { by: 'month', againstWhat: 'year' } as const;
  const { values, pointLabels } = earlierSeries(
    'mrr',
    { bySteps: points, byMonths: points },
    { ...view, count: 2 },
  );
  expect(values).toEqual(['2.00', '3.00']);
  expect(pointLabels).toEqual(['December 2024', 'January 2025']);
});
