import { Section, Tag } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { signInWaysQuery } from '../../queries/session';
import { Loaded } from '../../shell/Loaded';
import { RowsLoading } from '../../shell/RowsLoading';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { PasswordSection } from './PasswordSection';
import { SessionsSection } from './SessionsSection';

const words = texts.settings.signIn;

/** How the member signs in, and where they are signed in. */
export function SignInPage() {
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={{}}>
      <div className="columns settings-columns">
        <div className="span-7">
          <SessionsSection />
          <PasswordSection />
        </div>
        <aside className="span-5 settings-rail" aria-label={words.ways.title}>
          <Ways />
        </aside>
      </div>
    </SettingsFrame>
  );
}

function Ways() {
  const query = useQuery(signInWaysQuery());
  const { ways } = words;
  return (
    <Section title={ways.title} isRuled>
      <Loaded query={query} loading={<RowsLoading label={ways.loading} rows={4} />}>
        {({ password, provider, mail }) => (
          <ul className="settings-lines">
            <Way label={ways.password} isOn={password} />
            <Way label={ways.provider} isOn={provider} />
            <Way label={ways.mail} isOn={mail} />
            <li>
              {ways.link}
              <Tag tone="positive">{ways.always}</Tag>
            </li>
          </ul>
        )}
      </Loaded>
      <p className="prose settings-form">{ways.how}</p>
    </Section>
  );
}

function Way({ label, isOn }: { readonly label: string; readonly isOn: boolean }) {
  return (
    <li>
      {label}
      {isOn ? <Tag tone="positive">{words.ways.on}</Tag> : <Tag>{words.ways.off}</Tag>}
    </li>
  );
}
