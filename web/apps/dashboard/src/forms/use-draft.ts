import { useState } from 'react';

import { useSession } from '../shell/session';
import { keepDraft, readDraft, type Draft } from '../shell/drafts';

export interface DraftHandle<Fields> {
  /** What the fields show: what was typed, and for the others what is saved. */
  readonly values: Fields;
  /** The fields that were changed. */
  readonly changes: Partial<Fields>;
  readonly isChanged: boolean;
  /** The version on which the first change was made. */
  readonly version: number | null;
  readonly change: (changed: Partial<Fields>) => void;
  /** Changes one field: `onChange={form.set('name')}`. */
  readonly set: <Name extends keyof Fields>(name: Name) => (value: Fields[Name]) => void;
  /** Forgets what was typed. */
  readonly clear: () => void;
}

interface Saved<Fields> {
  readonly values: Fields;
  readonly version: number | null;
}

/**
 * The fields of a form over what is saved. A change by somebody else shows in the fields that were not touched. What was
 * typed is kept under the name, never give it a secret.
 */
export function useDraft<Fields extends object>(name: string, saved: Saved<Fields>): DraftHandle<Fields> {
  const { member, workspace } = useSession();
  const key = `${workspace.id}.${member.id}.${name}`;
  const [draft, setDraft] = useState<Draft | null>(() => readDraft(key));
  const values: Fields = { ...saved.values, ...draft?.fields };
  const changes = changedFields(values, saved.values);
  const keep = (next: Draft | null) => {
    keepDraft(key, next);
    setDraft(next);
  };
  const change = (changed: Partial<Fields>) => {
    const base = Object.keys(changes).length > 0 ? draft : null;
    keep({ version: base?.version ?? saved.version, fields: { ...base?.fields, ...changed } });
  };
  return {
    values,
    changes,
    isChanged: Object.keys(changes).length > 0,
    version: draft?.version ?? saved.version,
    change,
    set: (name) => (value) => {
      change({ [name]: value } as unknown as Partial<Fields>);
    },
    clear: () => {
      keep(null);
    },
  };
}

function changedFields<Fields extends object>(values: Fields, saved: Fields): Partial<Fields> {
  const names = Object.keys(saved) as (keyof Fields)[];
  const changed = names.filter((name) => JSON.stringify(values[name]) !== JSON.stringify(saved[name]));
  return Object.fromEntries(changed.map((name) => [name, values[name]])) as Partial<Fields>;
}
