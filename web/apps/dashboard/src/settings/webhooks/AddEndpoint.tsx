import { createWebhookEndpoint, send, type NewEndpoint } from '@keepwell/api';
import { Button, CheckField, Section, SegmentedControl, TextField } from '@keepwell/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';

import { FormProblem } from '../../forms/FormProblem';
import { useDraft } from '../../forms/use-draft';
import { texts } from '../../texts';
import { EVENTS, type EventName } from './events';
import type { ShownSecret } from './shown-secret';

const words = texts.settings.webhooks.create;
const WHICH = [
  { id: 'all', label: words.all },
  { id: 'some', label: words.some },
] as const;
const NEW = {
  values: { url: '', description: '', which: 'all' as 'all' | 'some', events: [] as readonly EventName[] },
  version: null,
};

/** Adds an address; its signing secret is shown once. */
export function AddEndpoint({ onSecret }: { readonly onSecret: (secret: ShownSecret) => void }) {
  const draft = useDraft('endpoint', NEW);
  const { values, set } = draft;
  const add = useAdd((secret) => {
    onSecret({ title: words.made, note: words.note, secret });
    draft.clear();
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { url, description, which, events } = values;
    add.mutate({
      url: url.trim(),
      description: description.trim(),
      events: which === 'all' ? [] : [...events],
    });
  };
  const isIncomplete = values.which === 'some' && values.events.length === 0;
  return (
    <Section title={words.title} isRuled>
      <form className="form settings-form" onSubmit={submit}>
        <TextField
          label={words.url}
          help={words.urlHelp}
          type="url"
          placeholder="https://"
          required
          value={values.url}
          onChange={set('url')}
        />
        <TextField
          label={words.description}
          help={words.descriptionHelp}
          maxLength={255}
          value={values.description}
          onChange={set('description')}
        />
        <SegmentedControl label={words.which} choices={WHICH} value={values.which} onChange={set('which')} />
        {values.which === 'some' ? <Events chosen={values.events} onChange={set('events')} /> : null}
        <FormProblem error={add.error} />
        <div className="form-actions">
          <Button type="submit" emphasis="primary" isDisabled={add.isPending || isIncomplete}>
            {add.isPending ? words.adding : words.action}
          </Button>
        </div>
      </form>
    </Section>
  );
}

interface EventsProps {
  readonly chosen: readonly EventName[];
  readonly onChange: (chosen: readonly EventName[]) => void;
}

function Events({ chosen, onChange }: EventsProps) {
  return (
    <fieldset className="settings-checks">
      <legend className="visually-hidden">{words.which}</legend>
      {EVENTS.map((name) => (
        <CheckField
          key={name}
          label={name}
          isOn={chosen.includes(name)}
          onChange={(isOn) => {
            onChange(isOn ? [...chosen, name] : chosen.filter((one) => one !== name));
          }}
        />
      ))}
    </fieldset>
  );
}

function useAdd(onAdded: (secret: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (endpoint: NewEndpoint) => send(createWebhookEndpoint({ body: endpoint })),
    gcTime: 0, // The cache of mutations would keep the secret.
    onSuccess: ({ secret }) => {
      onAdded(secret);
      void client.invalidateQueries({ queryKey: ['webhook-endpoints'] });
    },
  });
}
