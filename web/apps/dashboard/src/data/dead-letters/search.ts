import type { LettersFilter } from '../../queries/data/dead-letters';
import { readChoice, readDay, readText, type SearchSpec } from '../../shell/search';

export const JOURNALS = ['journal', 'http', 'tail'] as const;
export type Journal = (typeof JOURNALS)[number];

/** Which rows are listed, and the one that is open. */
export interface LettersSearch {
  readonly journal?: Journal | undefined;
  readonly code?: string | undefined;
  readonly field?: string | undefined;
  readonly source?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly resolved?: 'too' | undefined;
  readonly letter?: string | undefined;
}

export const lettersSearch: SearchSpec<LettersSearch> = {
  journal: readChoice(JOURNALS),
  code: readText,
  field: readText,
  source: readText,
  from: readDay,
  to: readDay,
  resolved: readChoice(['too']),
  letter: readText,
};

export function filterOf(search: LettersSearch): LettersFilter {
  const { journal, code, field, source, from, to } = search;
  return {
    journal,
    code,
    field,
    source,
    from,
    to,
    with_resolved: search.resolved === 'too' ? true : undefined,
  };
}

/** Whether anything is left out of the list; that resolved ones are is no filter of the reader's. */
export function isFiltered({ journal, code, field, source, from, to }: LettersSearch): boolean {
  return [journal, code, field, source, from, to].some((value) => value !== undefined);
}
