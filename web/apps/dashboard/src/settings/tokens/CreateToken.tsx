import { createToken, type NewToken, type Permission, type TokenWithSecret } from '@keepwell/api';
import { CheckField, SelectField } from '@keepwell/ui';

import { CreateNamed } from '../../forms/CreateNamed';
import { useCreateSecret } from '../../forms/use-create-secret';
import { useDraft } from '../../forms/use-draft';
import { useSession } from '../../shell/session';
import { texts } from '../../texts';
import { expiryOf, LIFETIMES, type Lifetime } from './lifetimes';

const words = texts.settings.tokens;
const CHOICES = LIFETIMES.map((id) => ({ id, label: words.create.in[id] }));
const NEW = {
  values: { name: '', lifetime: '90' as Lifetime, scopes: [] as readonly Permission[] },
  version: null,
};

/** Makes a token and hands it over once. */
export function CreateToken({ onCreated }: { readonly onCreated: (made: TokenWithSecret) => void }) {
  const draft = useDraft('token', NEW);
  const { values, set } = draft;
  const create = useCreateSecret((token: NewToken) => createToken({ body: token }), {
    list: 'tokens',
    onMade: (made) => {
      onCreated(made);
      draft.clear();
    },
  });
  const submit = () => {
    const { name, lifetime, scopes } = values;
    create.mutate({
      name: name.trim(),
      expires_at: expiryOf(lifetime, new Date()),
      scopes: scopes.length === 0 ? null : [...scopes],
    });
  };
  return (
    <CreateNamed
      words={words.create}
      className="settings-form"
      name={values.name}
      onName={set('name')}
      create={create}
      onSubmit={submit}
    >
      <SelectField
        label={words.create.expires}
        choices={CHOICES}
        value={values.lifetime}
        onChange={set('lifetime')}
      />
      <Scopes chosen={values.scopes} onChange={set('scopes')} />
    </CreateNamed>
  );
}

interface ScopesProps {
  readonly chosen: readonly Permission[];
  readonly onChange: (chosen: readonly Permission[]) => void;
}

function Scopes({ chosen, onChange }: ScopesProps) {
  const { permissions } = useSession();
  return (
    <fieldset className="settings-checks">
      <legend>{words.create.scopes}</legend>
      {permissions.map((permission) => (
        <CheckField
          key={permission}
          label={words.permissions[permission]}
          isOn={chosen.includes(permission)}
          onChange={(isOn) => {
            onChange(isOn ? [...chosen, permission] : chosen.filter((one) => one !== permission));
          }}
        />
      ))}
      <p className="small">{words.create.scopesHelp}</p>
    </fieldset>
  );
}
