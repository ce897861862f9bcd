/** The dotted line of the days that a view is compared with. */

import type { ChartSeries } from '@keepwell/ui';

import { texts } from '../texts';
import { alignedTo, endsOf, valuesOf, type BandFigure, type ViewSeries } from './band';
import { stepLabel } from './periods';
import type { View } from './view';

/** Under the last `count` points of the view; its sentence names its own steps, not those that it is drawn under. */
export function earlierSeries(
  id: BandFigure,
  before: ViewSeries,
  { by, againstWhat, count }: Pick<View, 'by' | 'againstWhat'> & { readonly count: number },
): ChartSeries {
  const labels = endsOf(id, before).map((end) => stepLabel(by, end));
  return {
    id: 'earlier',
    label: texts.revenue.mrr.earlier[againstWhat],
    color: 'var(--series-earlier)',
    values: alignedTo(count, valuesOf(id, before)),
    pointLabels: alignedTo(count, labels),
    earlier: true,
  };
}
