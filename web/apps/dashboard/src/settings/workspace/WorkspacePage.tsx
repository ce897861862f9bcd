import { updateWorkspace, type WorkspaceSettings } from '@keepwell/api';
import { Facts, Section, SelectField, TextArea, TextField } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { FormConflict } from '../../conflict/FormConflict';
import { SaveBar } from '../../forms/SaveBar';
import { useSavedForm, type SavedForm } from '../../forms/use-saved-form';
import { workspaceQuery } from '../../queries/settings/workspace';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay } from '../../shell/session';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { TimeZones } from '../TimeZones';

const words = texts.settings.workspace;

type Fields = Pick<
  WorkspaceSettings,
  'name' | 'time_zone' | 'locale' | 'sender_name' | 'sender_email' | 'postal_address' | 'website_crawls'
>;
type HowOften = Fields['website_crawls'];

const CRAWLS = (['off', 'daily', 'weekly'] as const).map((id) => ({ id, label: words.crawlChoices[id] }));
const CONFLICT_FIELDS = Object.entries(words.fields).map(([name, label]) =>
  name === 'website_crawls'
    ? { name, label, show: (value: unknown) => words.crawlChoices[value as HowOften] }
    : { name, label },
);

/** The settings of the workspace, for everybody in it. */
export function WorkspacePage() {
  const query = useQuery(workspaceQuery());
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <Loaded query={query} loading={<RowsLoading label={words.loading} />}>
        {(settings) => <WorkspaceForm settings={settings} />}
      </Loaded>
    </SettingsFrame>
  );
}

function WorkspaceForm({ settings }: { readonly settings: WorkspaceSettings }) {
  const { name, time_zone, locale, sender_name, sender_email, postal_address, website_crawls, version } =
    settings;
  const mayChange = useMay('settings');
  const form = useSavedForm<Fields, WorkspaceSettings>({
    name: 'workspace',
    label: words.label,
    saved: {
      values: { name, time_zone, locale, sender_name, sender_email, postal_address, website_crawls },
      version,
    },
    endpoint: (changes) => updateWorkspace({ body: changes }),
    queryKey: workspaceQuery().queryKey,
    affects: [['session']],
  });
  return (
    <div className="columns settings-columns">
      <form
        className="span-7"
        onSubmit={(event) => {
          event.preventDefault();
          form.save();
        }}
      >
        <fieldset className="settings-fields" disabled={!mayChange}>
          <General form={form} />
          <Sender form={form} />
          <Crawls form={form} />
        </fieldset>
        {mayChange ? <SaveBar form={form} /> : <p className="prose">{words.mayNot}</p>}
        <FormConflict form={form} what={words.what} fields={CONFLICT_FIELDS} />
      </form>
      <aside className="span-5 settings-rail" aria-label={words.facts}>
        <Section title={words.facts} isRuled>
          <Facts
            facts={[
              [words.slug, <SlugFact key="slug" slug={settings.slug} />],
              [words.currency, settings.currency],
              [words.data, settings.synthetic ? words.synthetic : words.real],
            ]}
          />
        </Section>
      </aside>
    </div>
  );
}

function SlugFact({ slug }: { readonly slug: string }) {
  return (
    <>
      <code>{slug}</code>
      <span className="cell-sub">{words.slugHelp}</span>
    </>
  );
}

function General({ form }: { readonly form: SavedForm<Fields> }) {
  const { values, set } = form;
  return (
    <Section title={words.general}>
      <div className="form">
        <TextField
          label={words.fields.name}
          required
          maxLength={255}
          value={values.name}
          onChange={set('name')}
        />
        <TextField
          label={words.fields.time_zone}
          help={words.help.time_zone}
          list="time-zones"
          required
          value={values.time_zone}
          onChange={set('time_zone')}
        />
        <TimeZones id="time-zones" />
        <TextField
          label={words.fields.locale}
          help={words.help.locale}
          required
          maxLength={35}
          value={values.locale}
          onChange={set('locale')}
        />
      </div>
    </Section>
  );
}

function Sender({ form }: { readonly form: SavedForm<Fields> }) {
  const { values, change } = form;
  return (
    <Section title={words.sender} note={words.senderNote}>
      <div className="form">
        <TextField
          label={words.fields.sender_name}
          maxLength={255}
          value={values.sender_name ?? ''}
          onChange={(text) => {
            change({ sender_name: textOrNull(text) });
          }}
        />
        <TextField
          label={words.fields.sender_email}
          help={words.help.sender_email}
          type="email"
          maxLength={320}
          value={values.sender_email ?? ''}
          onChange={(text) => {
            change({ sender_email: textOrNull(text) });
          }}
        />
        <TextArea
          label={words.fields.postal_address}
          help={words.help.postal_address}
          value={values.postal_address ?? ''}
          onChange={(text) => {
            change({ postal_address: textOrNull(text) });
          }}
        />
      </div>
    </Section>
  );
}

function Crawls({ form }: { readonly form: SavedForm<Fields> }) {
  return (
    <Section title={words.crawls} note={words.crawlsNote}>
      <div className="form">
        <SelectField
          label={words.fields.website_crawls}
          help={words.help.website_crawls}
          choices={CRAWLS}
          value={form.values.website_crawls}
          onChange={form.set('website_crawls')}
        />
      </div>
    </Section>
  );
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
