import { updateWorkspace, type WorkspaceSettings } from '@keepwell/api';
import { Section, TextField } from '@keepwell/ui';

import { FormConflict } from '../../conflict/FormConflict';
import { SaveBar } from '../../forms/SaveBar';
import { useSavedForm } from '../../forms/use-saved-form';
import { workspaceQuery } from '../../queries/settings/workspace';
import { useSession } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.settings.policy.holdout;
const SHARE = /^0(\.\d{1,4})?$/;

interface Fields {
  readonly holdout_shares: { readonly follow_up: string; readonly dunning: string };
}

const CONFLICT_FIELDS = [{ name: 'holdout_shares', label: words.title, show: sharesText }];

function sharesText(value: unknown): string {
  const { follow_up, dunning } = {
    follow_up: '?',
    dunning: '?',
    ...(value as Partial<Fields['holdout_shares']>),
  };
  return `${words.followUp}: ${follow_up}\n${words.dunning}: ${dunning}`;
}

/** The shares of accounts that are left alone; for an owner to change. */
export function HoldoutForm({ settings }: { readonly settings: WorkspaceSettings }) {
  const { follow_up, dunning } = settings.holdout_shares;
  const isOwner = useSession().member.role === 'owner';
  const form = useSavedForm<Fields, WorkspaceSettings>({
    name: 'holdout',
    label: words.title,
    saved: { values: { holdout_shares: { follow_up, dunning } }, version: settings.version },
    endpoint: (changes) => updateWorkspace({ body: { holdout_shares: { ...changes.holdout_shares } } }),
    queryKey: workspaceQuery().queryKey,
    affects: [['save-list']],
  });
  const shares = form.values.holdout_shares;
  const change = (changed: Partial<Fields['holdout_shares']>) => {
    form.change({ holdout_shares: { ...shares, ...changed } });
  };
  const isRight = SHARE.test(shares.follow_up) && SHARE.test(shares.dunning);
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
        <fieldset className="settings-fields settings-pair" disabled={!isOwner}>
          <Share
            label={words.followUp}
            value={shares.follow_up}
            onChange={(share) => {
              change({ follow_up: share });
            }}
          />
          <Share
            label={words.dunning}
            value={shares.dunning}
            onChange={(share) => {
              change({ dunning: share });
            }}
          />
        </fieldset>
        {isOwner ? <SaveBar form={form} /> : null}
        <FormConflict form={form} what={words.what} fields={CONFLICT_FIELDS} />
      </form>
    </Section>
  );
}

interface ShareProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (share: string) => void;
}

function Share({ label, value, onChange }: ShareProps) {
  return (
    <TextField
      label={label}
      help={words.help}
      error={SHARE.test(value) ? undefined : words.shape}
      inputMode="decimal"
      maxLength={6}
      value={value}
      onChange={onChange}
    />
  );
}
