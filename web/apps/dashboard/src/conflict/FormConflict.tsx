import type { SavedForm } from '../forms/use-saved-form';
import { ConflictDialog, type ConflictField } from './ConflictDialog';

export interface FormConflictProps<Fields> {
  readonly form: SavedForm<Fields>;
  readonly what: string;
  readonly fields: readonly ConflictField[];
}

/** The dialog of a form whose subject somebody else has changed. */
export function FormConflict<Fields>({ form, what, fields }: FormConflictProps<Fields>) {
  const { conflict, keepMine, reset } = form.write;
  if (conflict === null) return null;
  return (
    <ConflictDialog
      what={what}
      mine={conflict.mine.changes}
      theirs={conflict.theirs?.value ?? null}
      fields={fields}
      onKeepMine={keepMine}
      onTakeTheirs={form.takeTheirs}
      onLater={reset}
    />
  );
}
