import { keepPreviousData, useQuery } from '@tanstack/react-query';

import { annotationsQuery } from '../queries/revenue/metrics';
import { marksAt, type DatedPoint } from './annotations';
import type { View } from './view';

/** The marks of a chart of the view; none until they are known, for which no chart waits. */
export function useMarks({ days }: View, points: readonly DatedPoint[]) {
  const { data } = useQuery({ ...annotationsQuery(days), placeholderData: keepPreviousData });
  return marksAt(points, data?.items ?? []);
}
