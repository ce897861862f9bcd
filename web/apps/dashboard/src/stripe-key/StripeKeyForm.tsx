import { putStripeConnection, send } from '@keepwell/api';
import { Button, TextField } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';

import { FormProblem } from '../forms/FormProblem';
import { stripeQuery } from '../queries/data/sources';
import { useMay } from '../shell/session';
import { texts } from '../texts';
import { isSigningSecret, isStripeKey, trimmed } from './shape';

const words = texts.data.stripe.key;

export interface StripeKeyFormProps {
  /** Also asks for the signing secret of a webhook. */
  readonly withSecret?: boolean;
  readonly onConnected?: () => void;
  /** Between the fields and the button. */
  readonly children?: React.ReactNode;
}

/** Connects Stripe by a key. The key is kept nowhere in the browser, and a refused one stays in its field. */
export function StripeKeyForm({ withSecret = false, onConnected, children }: StripeKeyFormProps) {
  const [key, setKey] = useState('');
  const [secret, setSecret] = useState('');
  const [isTried, setTried] = useState(false);
  const connect = useConnect(onConnected);
  const mayConnect = useMay('import');
  const isRight = isStripeKey(key) && isSigningSecret(secret);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (isRight) connect.mutate({ key: trimmed(key), secret: trimmed(secret) });
  };
  if (!mayConnect) return <p className="prose">{words.mayNot}</p>;
  return (
    <form className="form stripe-key" onSubmit={submit} noValidate>
      <TextField
        label={words.label}
        placeholder={words.placeholder}
        help={words.help}
        error={isTried && !isStripeKey(key) ? words.shape : undefined}
        {...SECRET_FIELD}
        value={key}
        onChange={setKey}
      />
      {withSecret ? (
        <TextField
          label={words.secret}
          placeholder="whsec_…"
          help={words.secretHelp}
          error={isTried && !isSigningSecret(secret) ? words.secretShape : undefined}
          {...SECRET_FIELD}
          value={secret}
          onChange={setSecret}
        />
      ) : null}
      <FormProblem error={connect.error} />
      {children}
      <div className="form-actions">
        <Button type="submit" emphasis="primary" isDisabled={connect.isPending}>
          {connect.isPending ? words.connecting : words.connect}
        </Button>
      </div>
    </form>
  );
}

const SECRET_FIELD = {
  type: 'text',
  autoComplete: 'off',
  spellCheck: false,
  autoCapitalize: 'none',
} as const;

function useConnect(onConnected: (() => void) | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, secret }: { readonly key: string; readonly secret: string }) =>
      send(putStripeConnection({ body: { api_key: key, signing_secret: secret === '' ? null : secret } })),
    gcTime: 0, // The cache of mutations would keep the key.
    onSuccess: (connection) => {
      client.setQueryData(stripeQuery().queryKey, connection);
      void client.invalidateQueries({ queryKey: ['sources'] });
      onConnected?.();
    },
  });
}
