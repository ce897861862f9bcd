import { createMember, send, type NewMember, type Role } from '@keepwell/api';
import { Button, Section, SelectField, TextField } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';

import { FormProblem } from '../../forms/FormProblem';
import { SecretOnce } from '../../forms/SecretOnce';
import { useDraft } from '../../forms/use-draft';
import { texts } from '../../texts';
import { ROLE_CHOICES } from './roles';

const words = texts.settings.members;
const NEW = { values: { name: '', email: '', role: 'agent' as Role }, version: null };

interface Invited {
  readonly name: string;
  readonly link: string;
}

/** Adds a member; the link that lets them in is shown once. */
export function InviteForm() {
  const [invited, setInvited] = useState<Invited | null>(null);
  const draft = useDraft('invite', NEW);
  const { values, set } = draft;
  const invite = useInvite((made) => {
    setInvited(made);
    draft.clear();
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name, email, role } = values;
    invite.mutate({ name: name.trim(), role, email: email.trim() === '' ? null : email.trim() });
  };
  return (
    <Section title={words.invite.title} isRuled>
      <form className="form settings-form" onSubmit={submit}>
        {invited === null ? null : (
          <SecretOnce
            title={words.invite.made(invited.name)}
            note={words.invite.note}
            secret={invited.link}
            onDone={() => {
              setInvited(null);
            }}
          />
        )}
        <TextField
          label={words.fields.name}
          required
          maxLength={255}
          autoComplete="off"
          value={values.name}
          onChange={set('name')}
        />
        <TextField
          label={words.fields.email}
          help={words.emailHelp}
          type="email"
          maxLength={320}
          autoComplete="off"
          value={values.email}
          onChange={set('email')}
        />
        <SelectField
          label={words.fields.role}
          help={words.meaning[values.role]}
          choices={ROLE_CHOICES}
          value={values.role}
          onChange={set('role')}
        />
        <FormProblem error={invite.error} />
        <div className="form-actions">
          <Button type="submit" emphasis="primary" isDisabled={invite.isPending}>
            {invite.isPending ? words.invite.inviting : words.invite.action}
          </Button>
        </div>
      </form>
    </Section>
  );
}

function useInvite(onInvited: (made: Invited) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (member: NewMember) => send(createMember({ body: member })),
    gcTime: 0, // The cache of mutations would keep the link.
    onSuccess: ({ name, sign_in_path }) => {
      onInvited({ name, link: new URL(sign_in_path, window.location.origin).href });
      void client.invalidateQueries({ queryKey: ['members'] });
    },
  });
}
