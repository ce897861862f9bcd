import type { CaseItem } from '@keepwell/api';
import { counted } from './grammar/counted';

const outcomes: Record<CaseItem['outcome'], string> = {
  open: 'Open',
  stayed: 'Stayed',
  left: 'Left',
  shrank: 'Pays less',
  unknown: 'Unknown',
};

const unknownBecause: Record<NonNullable<CaseItem['unknown_because']>, string> = {
  not_decided: 'Nobody has looked yet: the nightly work does.',
  records_end: 'The records do not reach its last day.',
  unreadable: 'A subscription of this account cannot be read.',
};

export const cases = {
  title: 'Case',
  since: (day: string) => `Case since ${day}`,
  until: (day: string) => `until ${day}`,
  contacted: (day: string) => `contacted ${day}`,
  notContacted: 'not contacted yet',
  leftAlone: 'Left alone until its last day, so that what contacts are worth can be measured.',
  open: (from: string, to: string) => `${from} to ${to}`,
  earlier: 'Earlier cases',
  contacts: (count: number) => (count === 0 ? 'no contact' : counted(count, 'contact')),
  outcomes,
  unknownBecause,
  revised: (day: string, before: string) => `decided again ${day}; it was: ${before}`,
  channels: {
    phone: 'Call',
    mail: 'Mail',
    chat: 'Chat',
    meeting: 'Meeting',
    other: 'Other contact',
  },
  by: (name: string) => `by ${name}`,
  crossover: (reason: string) => `left alone, contacted because: ${reason}`,
  record: {
    action: 'Record contact',
    named: (account: string) => `Record a contact with ${account}`,
    title: (account: string) => `Contact with ${account}`,
    channel: 'How',
    channels: {
      phone: 'By phone',
      mail: 'By mail',
      chat: 'By chat',
      meeting: 'In a meeting',
      other: 'Otherwise',
    },
    note: 'Note',
    noteHelp: 'What was said. It stays here, and goes when the person is erased.',
    warning: 'This account is left alone on purpose.',
    warningDetail:
      'A contact is possible: it is recorded, and the account stays counted among those left alone.',
    reason: 'Why it was contacted',
    reasonHelp: 'Such as: they called us.',
    save: 'Record',
    cancel: 'Cancel',
    said: (account: string) => `Contact with ${account} recorded`,
    undone: (account: string) => `Contact with ${account} taken back`,
    label: (account: string) => `Record a contact with ${account}`,
    undoLabel: (account: string) => `Take back a contact with ${account}`,
  },
};
