import type { CaseContact, NewCaseContact } from '@keepwell/api';
import { Button, Callout, Dialog, SelectField, TextArea } from '@keepwell/ui';
import { useEffect, useEffectEvent } from 'react';

import { FormProblem } from '../forms/FormProblem';
import { useDraft } from '../forms/use-draft';
import { texts } from '../texts';
import { momentWithin, useRecordContact, type CaseOf } from './use-record-contact';

const words = texts.cases.record;
const CHANNELS = ['phone', 'mail', 'chat', 'meeting', 'other'] as const satisfies CaseContact['channel'][];
const LONGEST_NOTE = 2000;
const LONGEST_REASON = 500;

export interface ContactDialogProps {
  readonly of: CaseOf;
  readonly isHeld: boolean;
  /** How it was probably made. */
  readonly channel: CaseContact['channel'];
  readonly onClose: () => void;
}

/** Records a contact: how, and what was said; about an account that is left alone also why. */
export function ContactDialog(props: ContactDialogProps) {
  const { of, isHeld, onClose } = props;
  const form = useContactForm(props);
  return (
    <Dialog title={words.title(of.account)} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          form.send();
        }}
      >
        {isHeld ? (
          <Callout tone="warning" title={words.warning}>
            <p>{words.warningDetail}</p>
          </Callout>
        ) : null}
        <ContactFields form={form} isHeld={isHeld} />
        <FormProblem error={form.error} />
        <div className="controls">
          <Button type="submit" emphasis="primary" isDisabled={!form.isRight || form.isSending}>
            {words.save}
          </Button>
          <Button emphasis="quiet" onPress={onClose}>
            {words.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type ContactForm = ReturnType<typeof useContactForm>;

function ContactFields({
  form: { values, set },
  isHeld,
}: {
  readonly form: ContactForm;
  readonly isHeld: boolean;
}) {
  return (
    <>
      <SelectField
        label={words.channel}
        choices={CHANNELS.map((id) => ({ id, label: words.channels[id] }))}
        value={values.channel}
        onChange={set('channel')}
      />
      {isHeld ? (
        <TextArea
          label={words.reason}
          help={words.reasonHelp}
          rows={2}
          value={values.reason}
          onChange={set('reason')}
        />
      ) : null}
      <TextArea label={words.note} help={words.noteHelp} value={values.note} onChange={set('note')} />
    </>
  );
}

function useContactForm({ of, isHeld, channel, onClose }: ContactDialogProps) {
  const record = useRecordContact();
  const { values, set, clear } = useDraft(`contact.${of.id}`, {
    values: { channel, note: '', reason: '' },
    version: null,
  });
  const note = values.note.trim();
  const reason = values.reason.trim();
  const isReason = reason !== '' && reason.length <= LONGEST_REASON;
  const isRight = note.length <= LONGEST_NOTE && (!isHeld || isReason);
  const isDone = record.state === 'saved' || record.state === 'waiting';
  const onDone = useEffectEvent(() => {
    clear();
    onClose();
  });
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone]);
  const send = () => {
    if (!isRight) return;
    const body: NewCaseContact = { channel: values.channel, contacted_at: momentWithin(of) };
    if (note !== '') body.note = note;
    if (isHeld) body.crossover_reason = reason;
    record.write({ of, body });
  };
  const error = record.state === 'refused' ? record.error : null;
  return { values, set, isRight, send, error, isSending: record.state === 'sending' };
}
