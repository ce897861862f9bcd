import { updateMember, type MemberItem } from '@keepwell/api';
import { Dialog, TextField } from '@keepwell/ui';
import { useEffect } from 'react';

import { FormConflict } from '../../conflict/FormConflict';
import { SaveBar } from '../../forms/SaveBar';
import { useSavedForm } from '../../forms/use-saved-form';
import { texts } from '../../texts';

const words = texts.settings.members;

type Fields = Pick<MemberItem, 'name' | 'email'>;

const CONFLICT_FIELDS = [
  { name: 'name', label: words.fields.name },
  { name: 'email', label: words.fields.email },
];

export interface MemberDialogProps {
  readonly member: MemberItem;
  readonly onClose: () => void;
}

/** Changes who a member is. */
export function MemberDialog({ member, onClose }: MemberDialogProps) {
  const { id, name, email, version } = member;
  const form = useSavedForm<Fields, MemberItem>({
    name: `member.${id}`,
    label: words.editNamed(name),
    saved: { values: { name, email }, version },
    endpoint: (changes) => updateMember({ path: { member_id: id }, body: changes }),
    queryKey: ['member', id],
    affects: [['members'], ['session']],
  });
  const isSaved = form.write.state === 'saved' || form.write.state === 'waiting';
  useEffect(() => {
    if (isSaved) onClose();
  }, [isSaved, onClose]);
  return (
    <Dialog title={words.editNamed(name)} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          form.save();
        }}
      >
        <TextField
          label={words.fields.name}
          required
          maxLength={255}
          value={form.values.name}
          onChange={(text) => {
            form.change({ name: text });
          }}
        />
        <TextField
          label={words.fields.email}
          help={words.emailHelp}
          type="email"
          maxLength={320}
          value={form.values.email ?? ''}
          onChange={(text) => {
            form.change({ email: text === '' ? null : text });
          }}
        />
        <SaveBar form={form} />
      </form>
      <FormConflict form={form} what={words.what(name)} fields={CONFLICT_FIELDS} />
    </Dialog>
  );
}
