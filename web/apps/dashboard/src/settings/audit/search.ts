import type { AuditFilter } from '../../queries/settings/audit';
import { readDay, readText, type ReadValue, type SearchSpec } from '../../shell/search';

/** Which entries are listed, and the one that is open. */
export interface AuditSearch {
  readonly member?: string | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly entry?: string | undefined;
}

const readId: ReadValue<string> = (text) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;

export const auditSearch: SearchSpec<AuditSearch> = {
  member: readId,
  action: readText,
  subject: readText,
  from: readDay,
  to: readDay,
  entry: readId,
};

/** The last day is included; the API wants the moment after it. */
export function filterOf({ member, action, subject, from, to }: AuditSearch): AuditFilter {
  return {
    member_id: member,
    action,
    subject,
    from: from === undefined ? undefined : `${from}T00:00:00Z`,
    to: to === undefined ? undefined : `${dayAfter(to)}T00:00:00Z`,
    sort: '-sequence',
  };
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

export function isFiltered({ member, action, subject, from, to }: AuditSearch): boolean {
  return [member, action, subject, from, to].some((value) => value !== undefined);
}
