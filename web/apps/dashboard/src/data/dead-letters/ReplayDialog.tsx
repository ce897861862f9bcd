import { replayDeadLetters, send, type ReplayResult } from '@keepwell/api';
import { Button, Command, Dialog, formatCount, SelectField } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { FormProblem } from '../../forms/FormProblem';
import { texts } from '../../texts';

const words = texts.data.deadLetters.replay;

export interface ReplayDialogProps {
  /** The reason that the list is filtered by. */
  readonly code: string | undefined;
  readonly onClose: () => void;
}

/** Validates events again, and says how many are accepted now. */
export function ReplayDialog({ code, onClose }: ReplayDialogProps) {
  const [scope, setScope] = useState<'all' | 'code'>(code === undefined ? 'all' : 'code');
  const replay = useReplay();
  const chosen = scope === 'code' ? code : undefined;
  const choices = [
    { id: 'all' as const, label: words.all },
    ...(code === undefined ? [] : [{ id: 'code' as const, label: words.ofCode(code) }]),
  ];
  return (
    <Dialog title={words.title} onClose={onClose}>
      <p className="prose">{words.explain}</p>
      <SelectField label={words.scope} choices={choices} value={scope} onChange={setScope} />
      <p className="prose">{words.command}</p>
      <Command>./keepwell dead-letters replay intake --schema corrected.schema.json</Command>
      <FormProblem error={replay.error} />
      {replay.data === undefined ? null : <Result result={replay.data} />}
      <div className="form-actions">
        <Button
          emphasis="primary"
          isDisabled={replay.isPending}
          onPress={() => {
            replay.mutate(chosen);
          }}
        >
          {replay.isPending ? words.running : words.run}
        </Button>
        <Button onPress={onClose}>{texts.common.close}</Button>
      </div>
    </Dialog>
  );
}

function Result({ result: { accepted, refused, without_row } }: { readonly result: ReplayResult }) {
  return (
    <p role="status">
      {words.result(formatCount(accepted), formatCount(refused))}{' '}
      {without_row === 0 ? null : words.withoutRow(formatCount(without_row))}
    </p>
  );
}

function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (code: string | undefined) => send(replayDeadLetters({ body: { code: code ?? null } })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['dead-letters'] });
      await client.invalidateQueries({ queryKey: ['sources'] });
    },
  });
}
