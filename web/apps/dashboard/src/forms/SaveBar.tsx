import { Button } from '@keepwell/ui';

import { texts } from '../texts';
import { FormProblem } from './FormProblem';
import type { SavedForm } from './use-saved-form';

const words = texts.forms;

/** Saves or discards what was typed, and says where it is. */
export function SaveBar<Fields>({ form }: { readonly form: SavedForm<Fields> }) {
  const { write, isChanged, clear } = form;
  const isSending = write.state === 'sending';
  return (
    <>
      {write.state === 'refused' ? <FormProblem error={write.error} /> : null}
      <div className="form-actions">
        <Button type="submit" emphasis="primary" isDisabled={isSending || !isChanged}>
          {isSending ? words.saving : words.save}
        </Button>
        {isChanged && !isSending ? (
          <Button emphasis="quiet" onPress={clear}>
            {words.discard}
          </Button>
        ) : null}
        <span className="small form-state" role="status">
          {write.state === 'waiting' ? words.waiting : isChanged && !isSending ? words.unsaved : ''}
        </span>
      </div>
    </>
  );
}
