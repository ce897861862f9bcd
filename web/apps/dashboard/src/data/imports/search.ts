import type { ImportItem } from '@keepwell/api';

import { readChoice, type SearchSpec } from '../../shell/search';

export type ImportStatus = ImportItem['status'];

export const IMPORT_STATUSES = [
  'running',
  'finished',
  'failed',
  'interrupted',
  'undone',
] as const satisfies ImportStatus[];

export interface ImportsSearch {
  readonly status?: ImportStatus | undefined;
}

export const importsSearch: SearchSpec<ImportsSearch> = { status: readChoice(IMPORT_STATUSES) };
