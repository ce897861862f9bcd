import { updateWorkspace, type WorkspaceSettings } from '@keepwell/api';
import { Section, TextField } from '@keepwell/ui';

import { FormConflict } from '../../conflict/FormConflict';
import { SaveBar } from '../../forms/SaveBar';
import { useSavedForm } from '../../forms/use-saved-form';
import { workspaceQuery } from '../../queries/settings/workspace';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.settings.policy.contactCost;
const COST = /^\d{1,12}(\.\d{1,6})?$/;

type Fields = Pick<WorkspaceSettings, 'contact_cost'>;

/** What a contact with an account at risk costs; saved revenue is shown without it. */
export function ContactCostForm({ settings }: { readonly settings: WorkspaceSettings }) {
  const { contact_cost, currency, version } = settings;
  const mayChange = useMay('settings');
  const form = useSavedForm<Fields, WorkspaceSettings>({
    name: 'contact-cost',
    label: words.title,
    saved: { values: { contact_cost }, version },
    endpoint: (changes) => updateWorkspace({ body: changes }),
    queryKey: workspaceQuery().queryKey,
    affects: [['outcomes']],
  });
  const cost = form.values.contact_cost;
  const isRight = cost === null || COST.test(cost);
  return (
    <Section title={words.title} note={words.note} isRuled>
      <form
        className="stack settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight) form.save();
        }}
      >
        <p className="prose">{words.explain}</p>
        <fieldset className="settings-fields" disabled={!mayChange}>
          <TextField
            label={words.field(currency)}
            help={words.help}
            error={isRight ? undefined : words.shape}
            inputMode="decimal"
            maxLength={19}
            value={cost ?? ''}
            onChange={(text) => {
              form.change({
                contact_cost: text === '' ? null : (text as NonNullable<Fields['contact_cost']>),
              });
            }}
          />
        </fieldset>
        {mayChange ? <SaveBar form={form} /> : null}
        <FormConflict
          form={form}
          what={words.what}
          fields={[{ name: 'contact_cost', label: words.field(currency) }]}
        />
      </form>
    </Section>
  );
}
