import type { IconName } from '@keepwell/ui';

import { texts } from '../../texts';

export interface Place {
  readonly path: PlacePath;
  readonly label: string;
  readonly icon: IconName;
  /** The pages inside, shown while the reader is there. */
  readonly inside?: readonly { readonly path: PlacePath; readonly label: string }[];
}

export type PlacePath =
  | '/'
  | '/save-list'
  | '/revenue'
  | '/revenue/movements'
  | '/revenue/cohorts'
  | '/revenue/retention'
  | '/outcomes'
  | '/accounts'
  | '/data'
  | '/models'
  | '/settings';

const { places } = texts.shell;

export const TODAY: Place = { path: '/', label: places.today, icon: 'today' };
const SAVE_LIST: Place = { path: '/save-list', label: places.saveList, icon: 'save-list' };
const ACCOUNTS: Place = { path: '/accounts', label: places.accounts, icon: 'accounts' };

const REVENUE: Place = {
  path: '/revenue',
  label: places.revenue,
  icon: 'revenue',
  inside: [
    { path: '/revenue', label: places.mrr },
    { path: '/revenue/movements', label: places.movements },
    { path: '/revenue/cohorts', label: places.cohorts },
    { path: '/revenue/retention', label: places.retention },
  ],
};
const OUTCOMES: Place = { path: '/outcomes', label: places.outcomes, icon: 'outcomes' };
const DATA: Place = { path: '/data', label: places.data, icon: 'data' };
const MODELS: Place = { path: '/models', label: places.models, icon: 'models' };
const SETTINGS: Place = { path: '/settings', label: places.settings, icon: 'settings' };

/** The sidebar: what to do today, what it does to the money, and what it all rests on. */
export const PLACE_GROUPS: readonly (readonly Place[])[] = [
  [TODAY, SAVE_LIST],
  [REVENUE, OUTCOMES],
  [ACCOUNTS, DATA, MODELS, SETTINGS],
];

/** The bar of a phone; everything else is in its menu. */
export const BAR_PLACES: readonly Place[] = [TODAY, SAVE_LIST, ACCOUNTS];
export const MORE_PLACES: readonly Place[] = [REVENUE, OUTCOMES, DATA, MODELS, SETTINGS];
