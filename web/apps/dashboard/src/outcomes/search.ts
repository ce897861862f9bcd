import type { CaseItem } from '@keepwell/api';

import { readChoice, readDay, type ReadValue, type SearchSpec } from '../shell/search';

export const CASE_OUTCOMES = [
  'open',
  'stayed',
  'left',
  'shrank',
  'unknown',
] as const satisfies CaseItem['outcome'][];
export const ARMS = ['act', 'hold'] as const satisfies CaseItem['arm'][];

export interface OutcomesSearch {
  /** Only cases that were opened in this month: YYYY-MM. */
  readonly month?: string | undefined;
  readonly outcome?: CaseItem['outcome'] | undefined;
  readonly arm?: CaseItem['arm'] | undefined;
}

const readMonth: ReadValue<string> = (text) => (readDay(`${text}-01`) === undefined ? undefined : text);

export const outcomesSearch: SearchSpec<OutcomesSearch> = {
  month: readMonth,
  outcome: readChoice(CASE_OUTCOMES),
  arm: readChoice(ARMS),
};
