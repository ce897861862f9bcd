import type { DeadLetterDetail } from '@keepwell/api';
import { Button, Facts, formatCount, formatMoment, Section, Sheet } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { deadLetterQuery } from '../../queries/data/dead-letters';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { CorrectForm } from './CorrectForm';
import { markedRow } from './marked-row';
import type { LettersSearch } from './search';

const words = texts.data.deadLetters;

export interface LetterSheetProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onFilter: (changed: LettersSearch) => void;
}

/** One row that could not be read: the place and the field that is wrong, and the row as it came. */
export function LetterSheet({ id, onClose, onFilter }: LetterSheetProps) {
  const query = useQuery(deadLetterQuery(id));
  return (
    <Sheet title={words.sheet.what} onClose={onClose} closeLabel={texts.common.close}>
      <Loaded query={query} loading={<RowsLoading label={words.sheet.loading} />}>
        {(letter) => (
          <>
            <p className="data-wrong bad">{letter.reason}</p>
            <Place letter={letter} onFilter={onFilter} />
            <Row letter={letter} />
            <Correct letter={letter} onAccepted={onClose} />
          </>
        )}
      </Loaded>
    </Sheet>
  );
}

function Place({
  letter,
  onFilter,
}: {
  readonly letter: DeadLetterDetail;
  readonly onFilter: (changed: LettersSearch) => void;
}) {
  const { sheet } = words;
  return (
    <>
      <Facts
        facts={[
          [sheet.source, <bdi key="source">{letter.source}</bdi>],
          [sheet.line, letter.line === null ? null : formatCount(letter.line)],
          [sheet.field, letter.field === '' ? sheet.noField : <code key="field">{letter.field}</code>],
          [sheet.code, <code key="code">{letter.code}</code>],
          [sheet.received, formatMoment(letter.received_at)],
          [sheet.resolved, letter.resolved_at === null ? null : formatMoment(letter.resolved_at)],
          ['SHA-256', letter.sha256 === null ? null : <code key="sha">{letter.sha256}</code>],
        ]}
      />
      <div className="form-actions">
        <Button
          size="small"
          onPress={() => {
            onFilter({ code: letter.code, letter: undefined });
          }}
        >
          {sheet.onlyThese}
        </Button>
      </div>
    </>
  );
}

function Correct({
  letter,
  onAccepted,
}: {
  readonly letter: DeadLetterDetail;
  readonly onAccepted: () => void;
}) {
  const { journal, row, is_cut, resolved_at } = letter;
  if (resolved_at !== null) return null;
  const isWhole = row !== null && !is_cut;
  return (
    <Section title={words.correct.title}>
      {journal !== 'journal' && isWhole ? (
        <CorrectForm letter={letter} row={row} onAccepted={onAccepted} />
      ) : (
        <p className="prose">{journal === 'journal' ? words.sheet.correctRow : words.sheet.correctEvent}</p>
      )}
    </Section>
  );
}

function Row({ letter: { row, is_cut, length, field } }: { readonly letter: DeadLetterDetail }) {
  const { sheet } = words;
  const bytes = formatCount(length);
  if (row === null) return <p className="prose">{sheet.tooLong(bytes)}</p>;
  return (
    <Section title={sheet.row} note={is_cut ? sheet.cut(bytes) : undefined}>
      <pre className="data-row" tabIndex={0} aria-label={sheet.row}>
        {markedRow(row, field).map(({ text, isWrong }, position) =>
          isWrong ? <mark key={position}>{text}</mark> : text,
        )}
      </pre>
    </Section>
  );
}
