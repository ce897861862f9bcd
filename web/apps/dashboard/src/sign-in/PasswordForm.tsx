import { Button, formatClock, TextField } from '@keepwell/ui';
import { useState, type SubmitEvent } from 'react';

import { useSignIn } from '../queries/session';
import { texts } from '../texts';
import { Refusal } from './Refusal';
import { useLock } from './use-lock';

interface PasswordFormProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly sendsMail: boolean;
}

/** E-mail and password. What was typed stays when it is refused. */
export function PasswordForm({ email, onEmail, sendsMail }: PasswordFormProps) {
  const { mutate, error, isPending } = useSignIn();
  const [lock, begin] = useLock();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = passwordIn(event.currentTarget);
    mutate(
      { email: email.trim(), password: password?.value ?? '' },
      {
        onError: (refused) => {
          begin(refused);
          password?.focus();
        },
      },
    );
  };
  const isWrong = error?.problem.code === 'wrong-password' && lock === null;
  return (
    <form className="sign-in-form" aria-label={texts.signIn.title} onSubmit={submit}>
      <TextField
        label={texts.signIn.email}
        name="email"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={onEmail}
      />
      <TextField
        label={texts.signIn.password}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={200}
        error={isWrong ? texts.signIn.wrong(error.problem.hint) : undefined}
      />
      <Forgotten sendsMail={sendsMail} />
      {lock === null ? null : (
        <p className="sign-in-refusal" role="alert">
          {texts.signIn.locked(formatClock(lock.until), lock.seconds)}
        </p>
      )}
      {error === null || isWrong || lock !== null || error.problem.status === 429 ? null : (
        <Refusal error={error} />
      )}
      <Button type="submit" emphasis="primary" isDisabled={isPending || lock !== null}>
        {texts.signIn.submit}
      </Button>
    </form>
  );
}

function Forgotten({ sendsMail }: { readonly sendsMail: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <button
        type="button"
        className="link sign-in-link"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {texts.signIn.forgotten}
      </button>
      {isOpen ? (
        <p className="small">{sendsMail ? texts.signIn.forgottenByMail : texts.signIn.forgottenByCommand}</p>
      ) : null}
    </div>
  );
}

function passwordIn(form: HTMLFormElement): HTMLInputElement | null {
  const field = form.elements.namedItem('password');
  return field instanceof HTMLInputElement ? field : null;
}
