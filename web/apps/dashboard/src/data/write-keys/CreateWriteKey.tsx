import { createWriteKey, type WriteKeyWithSecret } from '@keepwell/api';

import { CreateNamed } from '../../forms/CreateNamed';
import { useCreateSecret } from '../../forms/use-create-secret';
import { useDraft } from '../../forms/use-draft';
import { texts } from '../../texts';

const NEW = { values: { name: '' }, version: null };

/** Makes a write key and hands it over once. */
export function CreateWriteKey({ onCreated }: { readonly onCreated: (made: WriteKeyWithSecret) => void }) {
  const draft = useDraft('write-key', NEW);
  const create = useCreateSecret((name: string) => createWriteKey({ body: { name } }), {
    list: 'write-keys',
    onMade: (made) => {
      onCreated(made);
      draft.clear();
    },
  });
  return (
    <CreateNamed
      words={texts.data.writeKeys.create}
      className="data-form"
      name={draft.values.name}
      onName={draft.set('name')}
      create={create}
      onSubmit={() => {
        create.mutate(draft.values.name.trim());
      }}
    />
  );
}
