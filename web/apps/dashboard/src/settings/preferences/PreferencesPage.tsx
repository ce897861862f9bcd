import { updatePreferences, type Preferences, type WorkspaceSettings } from '@keepwell/api';
import { Section, TextField, ThemeSwitch } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { FormConflict } from '../../conflict/FormConflict';
import { SaveBar } from '../../forms/SaveBar';
import { useSavedForm, type SavedForm } from '../../forms/use-saved-form';
import { preferencesQuery } from '../../queries/settings/preferences';
import { workspaceQuery } from '../../queries/settings/workspace';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { TimeZones } from '../TimeZones';
import { DigestSection } from './DigestSection';

const words = texts.settings.preferences;

type Fields = Pick<Preferences, 'locale' | 'time_zone' | 'quiet_from' | 'quiet_until'>;

const CONFLICT_FIELDS = Object.entries(words.fields).map(([name, label]) => ({ name, label }));

/** What the member has chosen for themselves. */
export function PreferencesPage() {
  const preferences = useQuery(preferencesQuery());
  const { data: workspace } = useQuery(workspaceQuery());
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <div className="columns settings-columns">
        <div className="span-7">
          <Section title={words.look} note={words.themeNote}>
            <ThemeSwitch />
          </Section>
          <Loaded query={preferences} loading={<RowsLoading label={words.loading} rows={4} />}>
            {(found) => <PreferencesForm preferences={found} workspace={workspace} />}
          </Loaded>
        </div>
        <aside className="span-5 settings-rail" aria-label={words.digest.title}>
          <DigestSection />
        </aside>
      </div>
    </SettingsFrame>
  );
}

interface PreferencesFormProps {
  readonly preferences: Preferences;
  readonly workspace: WorkspaceSettings | undefined;
}

function PreferencesForm({ preferences, workspace }: PreferencesFormProps) {
  const { locale, time_zone, quiet_from, quiet_until, version } = preferences;
  const form = useSavedForm<Fields, Preferences>({
    name: 'preferences',
    label: words.label,
    saved: { values: { locale, time_zone, quiet_from, quiet_until }, version },
    endpoint: (changes) => updatePreferences({ body: changes }),
    queryKey: preferencesQuery().queryKey,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.save();
      }}
    >
      <Place form={form} workspace={workspace} />
      <Quiet form={form} />
      <SaveBar form={form} />
      <FormConflict form={form} what={words.what} fields={CONFLICT_FIELDS} />
    </form>
  );
}

function Place({
  form: { values, change },
  workspace,
}: {
  readonly form: SavedForm<Fields>;
  readonly workspace: WorkspaceSettings | undefined;
}) {
  return (
    <Section title={words.place}>
      <div className="form">
        <TextField
          label={words.fields.locale}
          help={words.help.locale(workspace?.locale ?? '…')}
          maxLength={35}
          value={values.locale ?? ''}
          onChange={(text) => {
            change({ locale: textOrNull(text) });
          }}
        />
        <TextField
          label={words.fields.time_zone}
          help={words.help.time_zone(workspace?.time_zone ?? '…')}
          list="time-zones"
          value={values.time_zone ?? ''}
          onChange={(text) => {
            change({ time_zone: textOrNull(text) });
          }}
        />
        <TimeZones id="time-zones" />
      </div>
    </Section>
  );
}

function Quiet({ form: { values, change } }: { readonly form: SavedForm<Fields> }) {
  return (
    <Section title={words.quiet}>
      <div className="form settings-fields">
        <div className="settings-pair">
          <TextField
            label={words.fields.quiet_from}
            type="time"
            value={values.quiet_from ?? ''}
            onChange={(text) => {
              change({ quiet_from: textOrNull(text) });
            }}
          />
          <TextField
            label={words.fields.quiet_until}
            type="time"
            value={values.quiet_until ?? ''}
            onChange={(text) => {
              change({ quiet_until: textOrNull(text) });
            }}
          />
        </div>
        <p className="small">{words.help.quiet}</p>
      </div>
    </Section>
  );
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
