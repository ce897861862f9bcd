import type { TimelineKind } from '../../queries/accounts/timeline';
import { readChoice, type ReadValue, type SearchSpec } from '../../shell/search';

/** What the chips choose; each stands for kinds of the API. */
const KIND_GROUPS = {
  payments: ['invoice', 'charge', 'refund'],
  subscriptions: ['subscription'],
  contact: ['contact'],
  use: ['events'],
  scores: ['score'],
  signals: ['signal'],
  cases: ['case'],
} as const satisfies Record<string, readonly TimelineKind[]>;

export type KindGroup = keyof typeof KIND_GROUPS;
export const GROUP_IDS = Object.keys(KIND_GROUPS) as readonly KindGroup[];

/** The key figures, each with a sheet. */
const SHEETS = ['mrr', 'chance', 'at-risk', 'paid'] as const;
export type SheetName = (typeof SHEETS)[number];

export interface AccountSearch {
  readonly sheet?: SheetName | undefined;
  /** Groups of kinds, separated by commas; without it, all. */
  readonly kinds?: string | undefined;
}

const readKinds: ReadValue<string> = (text) => {
  const named = text.split(',');
  const known = GROUP_IDS.filter((id) => named.includes(id));
  return named.every((name) => known.some((id) => id === name)) ? known.join(',') : undefined;
};

export const accountSearch: SearchSpec<AccountSearch> = { kinds: readKinds, sheet: readChoice(SHEETS) };

/** The groups that the address asks for; none is all. */
export function chosenGroups({ kinds }: AccountSearch): readonly KindGroup[] {
  return GROUP_IDS.filter((id) => kinds?.split(',').includes(id) === true);
}

/** The kinds to ask the API for; undefined for all. */
export function kindsOf(search: AccountSearch): readonly TimelineKind[] | undefined {
  const groups = chosenGroups(search);
  return groups.length === 0 ? undefined : groups.flatMap((id) => [...KIND_GROUPS[id]]);
}

/** The address after a chip was pressed; with all groups chosen it is the same as none. */
export function toggled(search: AccountSearch, group: KindGroup): AccountSearch {
  const chosen = chosenGroups(search);
  const next = GROUP_IDS.filter((id) => (id === group ? !chosen.includes(id) : chosen.includes(id)));
  return { kinds: next.length === 0 || next.length === GROUP_IDS.length ? undefined : next.join(',') };
}
