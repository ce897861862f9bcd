import { ApiError, send, undoImport, type ImportItem } from '@keepwell/api';
import { Button, Callout, formatMoment, Section, Skeleton } from '@keepwell/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import { undoPreviewQuery } from '../../queries/data/imports';
import { Loaded } from '../../shell/Loaded';
import { doLater, useLater } from '../../shell/notices/later';
import { notices } from '../../shell/notices/notices';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { takenBack } from './report';

const words = texts.data.imports.undo;

/** What an undo of the import would take back, and the button that does it. */
export function UndoSection({ item }: { readonly item: ImportItem }) {
  const mayUndo = useMay('import');
  return (
    <Section title={words.title}>
      <div className="stack">
        {item.undone_at === null ? (
          <>
            <p className="prose">{words.explain}</p>
            {mayUndo ? <Preview item={item} /> : <p className="prose">{words.mayNot}</p>}
          </>
        ) : (
          <p className="prose">{words.was(formatMoment(item.undone_at))}</p>
        )}
      </div>
    </Section>
  );
}

function Preview({ item }: { readonly item: ImportItem }) {
  const preview = useQuery(undoPreviewQuery(item.id));
  const undo = useUndo(item.id);
  return (
    <Loaded query={preview} loading={<Skeleton label={words.loading} lines={2} />}>
      {(found) => (
        <>
          <p className="prose">{takenBack(found)}</p>
          {found.is_possible ? (
            <Button onPress={undo.run} isDisabled={undo.isWaiting}>
              {words.action}
            </Button>
          ) : (
            <Callout tone="warning" title={words.cannot}>
              <ul>
                {found.because.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
              <p>{found.hint}</p>
            </Callout>
          )}
        </>
      )}
    </Loaded>
  );
}

/** Undoes the import after eight seconds: an undo itself cannot be undone. */
function useUndo(id: string) {
  const client = useQueryClient();
  const key = `import:${id}`;
  const undo = async () => {
    try {
      await send(undoImport({ path: { import_id: id } }));
    } catch (error) {
      if (error instanceof ApiError) notices.say(words.refused(error.problem.detail));
    }
    await client.invalidateQueries(); // It may have changed every figure.
  };
  return {
    isWaiting: useLater().has(key),
    run: () => {
      doLater({ key, text: words.done, run: undo });
    },
  };
}
