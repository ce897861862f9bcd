import { Button, TextField } from '@keepwell/ui';
import type { SubmitEvent } from 'react';

import { useRequestLink } from '../queries/session';

/** Has a sign-in link mailed to a member. */
export function MailLinkForm() {
  const { mutate, data, error, isPending } = useRequestLink();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = new FormData(event.currentTarget).get('email');
    mutate(typeof email === 'string' ? email : '');
  };
  return (
    <form className="gate-form" aria-label="Sign in by mail" onSubmit={submit}>
      <TextField label="E-mail" name="email" type="email" autoComplete="username" />
      {data === undefined ? null : <p role="status">{data.detail}</p>}
      {error === null ? null : (
        <p role="alert">
          {error.problem.detail} {error.problem.hint}
        </p>
      )}
      <Button type="submit" isDisabled={isPending}>
        Mail me a link
      </Button>
    </form>
  );
}
