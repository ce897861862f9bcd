import { Button, TextField } from '@keepwell/ui';
import type { SubmitEvent } from 'react';

import { useSignIn } from '../queries/session';

/** Signs a member in who has set a password. */
export function PasswordForm() {
  const { mutate, error, isPending } = useSignIn();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    mutate({ email: text(given, 'email'), password: text(given, 'password') });
  };
  return (
    <form className="gate-form" aria-label="Sign in with a password" onSubmit={submit}>
      <TextField label="E-mail" name="email" type="email" autoComplete="username" />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" />
      {error === null ? null : (
        <p role="alert">
          {error.problem.detail} {error.problem.hint}
        </p>
      )}
      <Button type="submit" emphasis="primary" isDisabled={isPending}>
        Sign in
      </Button>
    </form>
  );
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
