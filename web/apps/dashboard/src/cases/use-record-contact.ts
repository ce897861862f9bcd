import {
  recordSaveCaseContact,
  removeSaveCaseContact,
  type CaseContact,
  type NewCaseContact,
} from '@keepwell/api';
import type { QueryKey } from '@tanstack/react-query';

import { useWrite } from '../offline';
import { notices } from '../shell/notices/notices';
import { texts } from '../texts';

const words = texts.cases.record;

export interface CaseOf {
  readonly id: string;
  readonly account: string;
  readonly account_id: string;
  readonly opened_on: string;
  readonly horizon_ends_on: string;
}

export interface Recorded {
  readonly of: CaseOf;
  readonly body: NewCaseContact;
}

interface Removed {
  readonly of: CaseOf;
  readonly contactId: string;
}

function affects({ account_id }: CaseOf): readonly QueryKey[] {
  return [['save_cases'], ['outcomes'], ['save-list'], ['account', account_id]];
}

/** Records a contact at once, and offers for eight seconds to take it back. */
export function useRecordContact() {
  const remove = useWrite<Removed, unknown>({
    endpoint: ({ of, contactId }) =>
      removeSaveCaseContact({ path: { case_id: of.id, contact_id: contactId } }),
    label: ({ of }) => words.undoLabel(of.account),
    subject: ({ of }) => `/v1/save-cases/${of.id}`,
    affects: ({ of }) => affects(of),
    onSaved: (_answer, { of }) => {
      notices.say(words.undone(of.account));
    },
  });
  return useWrite<Recorded, CaseContact>({
    endpoint: ({ of, body }) => recordSaveCaseContact({ path: { case_id: of.id }, body }),
    label: ({ of }) => words.label(of.account),
    subject: ({ of }) => `/v1/save-cases/${of.id}`,
    affects: ({ of }) => affects(of),
    onSaved: (made, { of }) => {
      if (made === undefined) return;
      notices.say(words.said(of.account), {
        label: texts.common.undo,
        run: () => {
          remove.write({ of, contactId: made.id });
        },
      });
    },
  });
}

/** Now, within the days of the case whatever this clock says: a contact that waits for the server keeps its time. */
export function momentWithin({ opened_on, horizon_ends_on }: CaseOf, now = new Date()): string {
  const [first, last] = [new Date(`${opened_on}T00:00:00Z`), new Date(`${horizon_ends_on}T23:59:59Z`)];
  return (now < first ? first : now > last ? last : now).toISOString();
}
