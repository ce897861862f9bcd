import { correctDeadLetter, replayDeadLetters, send, type DeadLetterDetail } from '@keepwell/api';
import { Button, TextArea } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { FormProblem } from '../../forms/FormProblem';
import { useDraft } from '../../forms/use-draft';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';

const words = texts.data.deadLetters.correct;

export interface CorrectFormProps {
  readonly letter: DeadLetterDetail;
  readonly row: string;
  readonly onAccepted: () => void;
}

/** Sends an event again, corrected here or as it is. What is still wrong is said, and the text stays. */
export function CorrectForm({ letter: { id }, row, onAccepted }: CorrectFormProps) {
  const draft = useDraft(`letter.${id}`, { values: { row }, version: null });
  const accepted = () => {
    draft.clear();
    notices.say(words.accepted);
    onAccepted();
  };
  const correct = useCorrect(id, accepted);
  const replay = useReplayOne(id, accepted);
  const isBusy = correct.isPending || replay.isPending;
  return (
    <div className="stack data-correct">
      <TextArea
        label={words.label}
        help={words.help}
        rows={8}
        isCode
        value={draft.values.row}
        onChange={(changed) => {
          draft.change({ row: changed });
        }}
      />
      <FormProblem error={correct.error ?? replay.error} />
      {replay.data?.refused === 1 ? <p role="status">{words.stillRefused}</p> : null}
      <div className="form-actions">
        <Button
          emphasis="primary"
          isDisabled={isBusy || !draft.isChanged}
          onPress={() => {
            correct.mutate(draft.values.row);
          }}
        >
          {words.send}
        </Button>
        <Button
          isDisabled={isBusy || draft.isChanged}
          onPress={() => {
            replay.mutate();
          }}
        >
          {words.again}
        </Button>
      </div>
    </div>
  );
}

function useCorrect(id: string, onAccepted: () => void) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (row: string) => send(correctDeadLetter({ body: { id, row } })),
    onSuccess: async () => {
      onAccepted();
      await refresh();
    },
  });
}

function useReplayOne(id: string, onAccepted: () => void) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => send(replayDeadLetters({ body: { ids: [id] } })),
    onSuccess: async ({ accepted }) => {
      if (accepted === 0) return;
      onAccepted();
      await refresh();
    },
  });
}

function useRefresh() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ['dead-letters'] });
    await client.invalidateQueries({ queryKey: ['sources'] });
  };
}
