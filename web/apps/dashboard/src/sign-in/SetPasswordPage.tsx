import type { SessionView } from '@keepwell/api';
import { Button, Command, TextField } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';

import { useSetPassword } from '../queries/session';
import { Page } from '../shell/Page';
import { useCommandSuffix } from '../shell/command-line';
import { useSession } from '../shell/session';
import { texts } from '../texts';
import { Refusal } from './Refusal';
import './sign-in.css';

/** Where a member sets their password: the first one, another one, or one in place of a forgotten one. */
export function SetPasswordPage() {
  const session = useSession();
  const suffix = useCommandSuffix();
  const { mutate, error, isPending, isSuccess } = useSetPassword();
  const { title, changeTitle, lead, done, go } = texts.setPassword;
  const { email, id } = session.member;
  const heading = session.has_password && !isSuccess ? changeTitle : title;
  return (
    <Page title={heading} purpose={email === null || isSuccess ? undefined : lead(email)}>
      <div className="set-password">
        {isSuccess ? (
          <>
            <p role="status">{done}</p>
            <Link to="/" className="button button-primary">
              {go}
            </Link>
          </>
        ) : email === null ? (
          <>
            <p>{texts.setPassword.noEmail}</p>
            <Command>{`./keepwell member set-email${suffix} ${id} you@example.org`}</Command>
          </>
        ) : (
          <>
            <NewPasswordForm
              session={session}
              email={email}
              isPending={isPending}
              onSubmit={(password, current) => {
                mutate({ password, ...(current === '' ? {} : { current }) });
              }}
            />
            {error === null || error.isSignedOut ? null : <Refusal error={error} />}
          </>
        )}
      </div>
    </Page>
  );
}

interface NewPasswordFormProps {
  readonly session: SessionView;
  readonly email: string;
  readonly isPending: boolean;
  readonly onSubmit: (password: string, current: string) => void;
}

function NewPasswordForm({ session, email, isPending, onSubmit }: NewPasswordFormProps) {
  const [password, setPassword] = useState('');
  const [current, setCurrent] = useState('');
  const [isShown, setShown] = useState(false);
  const { current: currentLabel, currentHelp, next, help, show, submit, later } = texts.setPassword;
  const type = isShown ? 'text' : 'password';
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit(password, current);
  };
  return (
    <form className="sign-in-form" onSubmit={send}>
      {/* For password managers, which store it with the password. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      {session.has_password ? (
        <TextField
          label={currentLabel}
          help={currentHelp}
          type={type}
          autoComplete="current-password"
          value={current}
          onChange={setCurrent}
        />
      ) : null}
      <TextField
        label={next}
        help={help}
        type={type}
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={200}
        value={password}
        onChange={setPassword}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={isShown}
          onChange={(event) => {
            setShown(event.target.checked);
          }}
        />
        {show}
      </label>
      <div className="set-password-ways">
        <Button type="submit" emphasis="primary" isDisabled={isPending}>
          {submit}
        </Button>
        <Link to="/" className="button button-quiet">
          {later}
        </Link>
      </div>
    </form>
  );
}
