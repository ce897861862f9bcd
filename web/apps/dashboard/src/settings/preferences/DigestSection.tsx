import { setDigestSetting, type DigestSetting } from '@keepwell/api';
import { CheckField, Section, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { FormProblem } from '../../forms/FormProblem';
import { shown, useWrite } from '../../offline';
import { digestQuery } from '../../queries/settings/preferences';
import { Loaded } from '../../shell/Loaded';
import { notices } from '../../shell/notices/notices';
import { useSession } from '../../shell/session';
import { texts } from '../../texts';

const words = texts.settings.preferences.digest;

/** Whether the member gets the mail of the week. */
export function DigestSection() {
  const { member } = useSession();
  const query = useQuery(digestQuery());
  const { queryKey } = digestQuery();
  const digest = useWrite({
    endpoint: (setting: DigestSetting) => setDigestSetting({ body: setting }),
    label: () => words.change,
    shows: (setting) => [shown<DigestSetting>(queryKey, () => setting)],
    affects: () => [queryKey],
    onSaved: (_answer, { is_on }) => {
      notices.say(is_on ? words.on : words.off);
    },
  });
  return (
    <Section title={words.title} isRuled>
      <div className="stack settings-form">
        <Loaded query={query} loading={<Skeleton label={words.loading} lines={1} />}>
          {({ is_on }) => (
            <CheckField
              label={words.label}
              help={words.help}
              isOn={is_on}
              onChange={(isOn) => {
                digest.write({ is_on: isOn });
              }}
            />
          )}
        </Loaded>
        {member.email === null ? <p className="prose">{words.noEmail}</p> : null}
        <FormProblem error={digest.state === 'refused' ? digest.error : null} />
      </div>
    </Section>
  );
}
