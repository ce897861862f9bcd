import { send, setPassword } from '@keepwell/api';
import { Button, Section, TextField } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';

import { FormProblem } from '../../forms/FormProblem';
import { notices } from '../../shell/notices/notices';
import { useSession } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.settings.signIn.password;
const SHORTEST = 12;

/** Sets or changes the member's password; it is never kept in the browser. */
export function PasswordSection() {
  const { member } = useSession();
  return (
    <Section title={words.title}>
      {member.email === null ? <p className="prose">{words.noEmail}</p> : <PasswordFields />}
    </Section>
  );
}

function PasswordFields() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isTried, setTried] = useState(false);
  const isLongEnough = next.length >= SHORTEST;
  const change = useSetPassword(() => {
    setCurrent('');
    setNext('');
    setTried(false);
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (isLongEnough) change.mutate({ current: current === '' ? null : current, password: next });
  };
  return (
    <form className="form" onSubmit={submit}>
      <TextField
        label={words.current}
        help={words.currentHelp}
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label={words.next}
        help={words.nextHelp}
        error={isTried && !isLongEnough ? words.tooShort : undefined}
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
      />
      <FormProblem error={change.error} />
      <div className="form-actions">
        <Button type="submit" emphasis="primary" isDisabled={change.isPending}>
          {change.isPending ? words.setting : words.action}
        </Button>
      </div>
    </form>
  );
}

function useSetPassword(onSet: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { readonly current: string | null; readonly password: string }) =>
      send(setPassword({ body })),
    gcTime: 0, // The cache of mutations would keep the password.
    onSuccess: () => {
      onSet();
      notices.say(words.done);
      void client.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
}
