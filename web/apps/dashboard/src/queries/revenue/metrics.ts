import {
  getChurn,
  getCohorts,
  getDifferences,
  getLifetimeValue,
  getMovements,
  getMrr,
  getRetention,
  getSeries,
  listAnnotations,
  send,
  type GetCohortsData,
  type GetDifferencesData,
  type GetMovementsData,
  type GetSeriesData,
  type MrrReport,
  type QueryOf,
} from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

export type PolicyName = MrrReport['policy'];
export type MovementsFilter = QueryOf<GetMovementsData>;
export type SeriesFilter = QueryOf<GetSeriesData>;
export type CohortsFilter = QueryOf<GetCohortsData>;
export type DifferencesFilter = QueryOf<GetDifferencesData>;

/** A period, both days included, and the policy by which it is counted: by default the workspace's. */
export interface CountedPeriod {
  readonly from: string;
  readonly to: string;
  readonly policy?: PolicyName | undefined;
}

/** The MRR of a day; by default of today, by the server's clock. */
export function mrrQuery(on?: string, policy?: PolicyName) {
  return queryOptions({
    queryKey: ['metrics', 'mrr', on ?? 'today', policy ?? null],
    queryFn: ({ signal }) => send(getMrr({ query: { on, policy } }), { signal }),
  });
}

export function seriesQuery(query: SeriesFilter) {
  return queryOptions({
    queryKey: ['metrics', 'series', query],
    queryFn: ({ signal }) => send(getSeries({ query }), { signal }),
  });
}

/** What happened to the workspace in these days. */
export function annotationsQuery({ from, to }: Pick<CountedPeriod, 'from' | 'to'>) {
  return queryOptions({
    queryKey: ['metrics', 'annotations', from, to],
    queryFn: ({ signal }) => send(listAnnotations({ query: { from, to } }), { signal }),
  });
}

export function movementsQuery(query: MovementsFilter) {
  return queryOptions({
    queryKey: ['metrics', 'movements', query],
    queryFn: ({ signal }) => send(getMovements({ query }), { signal }),
  });
}

export function cohortsQuery(query: CohortsFilter) {
  return queryOptions({
    queryKey: ['metrics', 'cohorts', query],
    queryFn: ({ signal }) => send(getCohorts({ query }), { signal }),
  });
}

export function retentionQuery(query: CountedPeriod) {
  return queryOptions({
    queryKey: ['metrics', 'retention', query],
    queryFn: ({ signal }) => send(getRetention({ query }), { signal }),
  });
}

export function churnQuery(query: CountedPeriod) {
  return queryOptions({
    queryKey: ['metrics', 'churn', query],
    queryFn: ({ signal }) => send(getChurn({ query }), { signal }),
  });
}

export function lifetimeValueQuery(query: CountedPeriod) {
  return queryOptions({
    queryKey: ['metrics', 'lifetime-value', query],
    queryFn: ({ signal }) => send(getLifetimeValue({ query }), { signal }),
  });
}

export function differencesQuery(query: DifferencesFilter) {
  return queryOptions({
    queryKey: ['metrics', 'differences', query],
    queryFn: ({ signal }) => send(getDifferences({ query }), { signal }),
  });
}
