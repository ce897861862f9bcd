import type { ChurnKind } from '@keepwell/api';

import { readChoice, type SearchSpec } from '../shell/search';

export interface SaveListSearch {
  readonly kind?: ChurnKind | undefined;
  /** How the model was tested, in a sheet. */
  readonly sheet?: 'model' | undefined;
}

export const saveListSearch: SearchSpec<SaveListSearch> = {
  kind: readChoice(['voluntary', 'involuntary']),
  sheet: readChoice(['model']),
};
