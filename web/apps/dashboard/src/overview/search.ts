import type { ChurnKind } from '@keepwell/api';

import { parseChoice, parsePageCount } from '../shell/plain-search';

export interface OverviewSearch {
  /** The day of the figures; today if absent. */
  readonly on?: string | undefined;
  readonly kind?: ChurnKind | undefined;
  /** How many pages of the save list are shown. */
  readonly pages?: number | undefined;
}

export function parseOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  return {
    on: parseDay(search['on']),
    kind: parseChoice(search['kind'], ['voluntary', 'involuntary']),
    pages: parsePageCount(search['pages']),
  };
}

function parseDay(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const day = new Date(`${value}T00:00:00Z`);
  const exists = !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(value);
  return exists ? value : undefined;
}
