import { setExchangeRates, type NewRate } from '@keepwell/api';
import { Button, Command, Section, TextField, todayUtc } from '@keepwell/ui';
import type { SubmitEvent } from 'react';

import { FormProblem } from '../../forms/FormProblem';
import { useDraft } from '../../forms/use-draft';
import { useWrite } from '../../offline';
import { useCommandSuffix } from '../../shell/command-line';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';

const words = texts.settings.currency.add;

/** Sets the rate of one day; the figures that depend on it are recalculated. */
export function AddRate({ report }: { readonly report: string }) {
  const draft = useDraft('rate', { values: { currency: '', on: todayUtc(), rate: '' }, version: null });
  const { values, set } = draft;
  const suffix = useCommandSuffix();
  const add = useWrite({
    endpoint: (rate: NewRate) => setExchangeRates({ body: { rates: [rate] } }),
    label: ({ currency, rate }) => `${words.title}: ${currency} ${rate}`,
    affects: () => [['exchange-rates'], ['metrics'], ['accounts'], ['save-list']],
    onSaved: () => {
      draft.clear();
      notices.say(words.done);
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.write({ ...values, currency: values.currency.trim().toUpperCase(), rate: values.rate.trim() });
  };
  return (
    <Section title={words.title} isRuled>
      <form className="form settings-form" onSubmit={submit}>
        <TextField
          label={words.currency}
          help={words.currencyHelp}
          required
          maxLength={3}
          value={values.currency}
          onChange={set('currency')}
        />
        <TextField label={words.on} type="date" required value={values.on} onChange={set('on')} />
        <TextField
          label={words.rate}
          help={words.rateHelp(report)}
          inputMode="decimal"
          required
          value={values.rate}
          onChange={set('rate')}
        />
        <FormProblem error={add.state === 'refused' ? add.error : null} />
        <div className="form-actions">
          <Button type="submit" emphasis="primary" isDisabled={add.state === 'sending'}>
            {add.state === 'sending' ? words.adding : words.action}
          </Button>
        </div>
        <p className="small">{words.note}</p>
        <Command>{`./keepwell metrics rates import${suffix} rates.csv`}</Command>
      </form>
    </Section>
  );
}
