import type { AuditEntry } from '@keepwell/api';

export interface ChangedField {
  readonly name: string;
  /** As text; null if it was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** The fields that an entry changed, with both values; fields that stayed are left out. */
export function changedFields({
  before,
  after,
}: Pick<AuditEntry, 'before' | 'after'>): readonly ChangedField[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((name) => ({ name, before: valueText(before?.[name]), after: valueText(after?.[name]) }))
    .filter((field) => field.before !== field.after);
}

function valueText(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
}
