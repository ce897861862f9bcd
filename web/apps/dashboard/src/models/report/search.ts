import type { Population } from '@keepwell/api';

import { readChoice, type SearchSpec } from '../../shell/search';

export type PopulationName = Population['name'];

/** Whom a person works with comes first, the headline last. */
export const POPULATIONS = [
  'to_work_with',
  'to_work_with_monthly',
  'to_work_with_annual',
  'not_cancelled',
] as const satisfies PopulationName[];

/** What a sheet can explain. */
export const DEFINITIONS = [
  'ranking',
  'gain',
  'departures',
  'money',
  'calibration-error',
  'roc',
  'precision-recall',
  'capture',
  'threshold',
  'ladder',
  'populations',
  'untouched',
] as const;

export type DefinitionId = (typeof DEFINITIONS)[number];

export interface ModelSearch {
  /** The accounts that the closer look is about. */
  readonly of?: PopulationName | undefined;
  readonly sheet?: DefinitionId | undefined;
}

export const modelSearch: SearchSpec<ModelSearch> = {
  of: readChoice(POPULATIONS),
  sheet: readChoice(DEFINITIONS),
};
