import type { AuditEntry } from '@keepwell/api';
import { Button, Facts, formatCount, formatMoment, Section, Sheet, Table, type Column } from '@keepwell/ui';

import { texts } from '../../texts';
import { actorName } from './AuditTable';
import { changedFields, type ChangedField } from './changed-fields';
import type { AuditSearch } from './search';

const words = texts.settings.audit.sheet;

export interface EntrySheetProps {
  readonly entry: AuditEntry;
  readonly members: ReadonlyMap<string, string>;
  readonly onFilter: (changed: AuditSearch) => void;
  readonly onClose: () => void;
}

/** One entry: what was before and after, and what proves it. */
export function EntrySheet({ entry, members, onFilter, onClose }: EntrySheetProps) {
  const fields = changedFields(entry);
  return (
    <Sheet title={entry.action} onClose={onClose} closeLabel={texts.common.close}>
      <Section title={words.changed}>
        {fields.length === 0 ? (
          <p className="prose">{words.nothing}</p>
        ) : (
          <Table
            label={words.changed}
            columns={COLUMNS}
            rows={fields}
            rowKey={({ name }) => name}
            narrow="scroll"
          />
        )}
      </Section>
      <div className="form-actions">
        <Button
          size="small"
          onPress={() => {
            onFilter({ subject: entry.subject, entry: undefined });
          }}
        >
          {words.onlySubject}
        </Button>
        <Button
          size="small"
          onPress={() => {
            onFilter({ action: entry.action, entry: undefined });
          }}
        >
          {words.onlyAction}
        </Button>
      </div>
      <Facts
        facts={[
          [words.at, formatMoment(entry.at)],
          [words.who, <bdi key="who">{actorName(entry, members)}</bdi>],
          [words.subject, <code key="subject">{entry.subject}</code>],
          [words.sequence, formatCount(entry.sequence)],
          [words.request, <code key="request">{entry.request_id}</code>],
          [words.token, entry.token_id === null ? null : <code key="token">{entry.token_id}</code>],
          [words.hash, <code key="hash">{entry.hash}</code>],
        ]}
      />
    </Sheet>
  );
}

const COLUMNS: readonly Column<ChangedField>[] = [
  { id: 'field', header: words.field, rowHeader: true, cell: ({ name }) => name },
  { id: 'before', header: words.before, cell: ({ before }) => <Value text={before} /> },
  { id: 'after', header: words.after, cell: ({ after }) => <Value text={after} /> },
];

function Value({ text }: { readonly text: string | null }) {
  if (text === null) return texts.common.none;
  return <bdi className="audit-value">{text}</bdi>;
}
