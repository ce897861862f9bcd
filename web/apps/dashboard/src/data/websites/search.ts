import type { WebsiteTotals } from '@keepwell/api';

import { readChoice, type SearchSpec } from '../../shell/search';

export type WebsiteState = keyof WebsiteTotals;

export const WEBSITE_STATES = [
  'dead',
  'moved',
  'alive',
  'unknown',
  'nonsense',
  'unread',
  'left_out',
] as const satisfies WebsiteState[];

export interface WebsitesSearch {
  readonly state?: WebsiteState | undefined;
}

export const websitesSearch: SearchSpec<WebsitesSearch> = { state: readChoice(WEBSITE_STATES) };
