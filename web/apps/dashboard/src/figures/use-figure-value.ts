import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { CountedPeriod } from '../queries/revenue/metrics';
import { readFigure } from './read-figure';
import type { FigureId } from './ref';

/** The value of a figure over a period, or at its end. */
export function useFigureValue(id: FigureId, period: CountedPeriod) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['metrics', 'figure', id, period],
    queryFn: () => readFigure(client, id, period),
  });
}
