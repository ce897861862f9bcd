import type { Endpoint } from '@keepwell/api';
import type { QueryKey } from '@tanstack/react-query';

import { shown, useWrite, type WriteHandle } from '../offline';
import { notices } from '../shell/notices/notices';
import { texts } from '../texts';
import { useDraft, type DraftHandle } from './use-draft';

interface Versioned {
  readonly version: number;
}

export interface Changed<Fields> {
  readonly changes: Partial<Fields>;
  /** What the changed fields were before, to take it back. */
  readonly before: Partial<Fields>;
  readonly version: number;
}

export interface SavedFormOptions<Fields extends object, Answer extends Versioned> {
  /** Names the draft. */
  readonly name: string;
  /** What it does, for the list of what could not be sent. */
  readonly label: string;
  readonly saved: { readonly values: Fields; readonly version: number };
  readonly endpoint: (changes: Partial<Fields>) => Endpoint<Answer>;
  /** The query whose data has the fields. */
  readonly queryKey: QueryKey;
  readonly affects?: readonly QueryKey[];
}

export interface SavedForm<Fields> extends DraftHandle<Fields> {
  readonly write: WriteHandle<Changed<Fields>>;
  readonly save: () => void;
  /** After a conflict: forgets what was typed. */
  readonly takeTheirs: () => void;
}

/**
 * A form over something that is saved. Saving shows at once and can be undone for eight seconds; what the server refuses
 * is taken back, and what was typed stays in the fields.
 */
export function useSavedForm<Fields extends object, Answer extends Versioned>(
  options: SavedFormOptions<Fields, Answer>,
): SavedForm<Fields> {
  const { name, label, saved, endpoint, queryKey, affects = [] } = options;
  const draft = useDraft(name, saved);
  const write: WriteHandle<Changed<Fields>> = useWrite<Changed<Fields>, Answer>({
    endpoint: ({ changes }) => endpoint(changes),
    label: () => label,
    ifMatch: ({ version }) => `"${version}"`,
    shows: ({ changes }) => [shown<object>(queryKey, (data) => ({ ...data, ...changes }))],
    affects: () => [queryKey, ...affects],
    onSaved: (answer, { changes, before }) => {
      draft.clear();
      if (answer === undefined) return;
      const undone = { changes: before, before: changes, version: answer.version };
      notices.say(texts.forms.saved, {
        label: texts.common.undo,
        run: () => {
          write.write(undone);
        },
      });
    },
  });
  return {
    ...draft,
    write,
    save: () => {
      const names = Object.keys(draft.changes) as (keyof Fields)[];
      const before = Object.fromEntries(names.map((each) => [each, saved.values[each]])) as Partial<Fields>;
      write.write({ changes: draft.changes, before, version: draft.version ?? saved.version });
    },
    takeTheirs: () => {
      write.reset();
      draft.clear();
    },
  };
}
