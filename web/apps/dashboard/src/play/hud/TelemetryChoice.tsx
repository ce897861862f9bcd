import { Button, SelectField } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { accountsQuery } from '../../queries/accounts';
import { useStore } from '../state/store';
import type { SettingsStore } from '../state/settings';
import { GameSwitch } from './GameSwitch';

const QUESTION = 'Send what happens in your matches, under a random number?';
const EXPLANATION =
  'Sent are: which map, which towers where, waves, wins and losses, and how long. Nothing of you or your machine: the number is random and means nothing elsewhere. You can switch it off at any time, and the number is forgotten.';

export function TelemetrySwitch({ settings }: { readonly settings: SettingsStore }) {
  const { telemetry } = useStore(settings);
  return (
    <GameSwitch
      isSelected={telemetry === 'on'}
      onChange={(on) => {
        settings.chooseTelemetry(on);
      }}
    >
      Send what happens in my matches
    </GameSwitch>
  );
}

export interface TelemetryChoiceProps {
  readonly settings: SettingsStore;
  /** Of a synthetic sample business: its accounts can be played as. */
  readonly isSynthetic: boolean;
}

/** The switch that a player sees first: until they have chosen, nothing is told. */
export function TelemetryChoice({ settings, isSynthetic }: TelemetryChoiceProps) {
  const { telemetry } = useStore(settings);
  return (
    <section className="card telemetry-choice" aria-labelledby="telemetry-title">
      <div>
        <h2 className="side-title" id="telemetry-title">
          {QUESTION}
        </h2>
        <p className="muted">{EXPLANATION}</p>
        {telemetry === 'on' && isSynthetic ? <PlayAs settings={settings} /> : null}
      </div>
      {telemetry === 'unasked' ? (
        <div className="telemetry-answers">
          <Button
            onPress={() => {
              settings.chooseTelemetry(false);
            }}
          >
            No
          </Button>
          <Button
            onPress={() => {
              settings.chooseTelemetry(true);
            }}
          >
            Yes, send it
          </Button>
        </div>
      ) : (
        <TelemetrySwitch settings={settings} />
      )}
    </section>
  );
}

const NOBODY = '';

/** Whose player of the sample business this is: the match is then seen in that account's activity. */
function PlayAs({ settings }: { readonly settings: SettingsStore }) {
  const { playAs } = useStore(settings);
  const { data } = useInfiniteQuery(accountsQuery({ status: 'active' }));
  const accounts = data?.pages[0]?.items ?? [];
  const choices = [
    { id: NOBODY, label: 'Nobody in particular' },
    ...accounts.map(({ external_id, name }) => ({ id: external_id, label: name })),
  ];
  return (
    <div className="play-as">
      <span className="side-label">Play as</span>
      <SelectField
        label="Play as"
        choices={choices}
        value={choices.some(({ id }) => id === playAs) ? (playAs ?? NOBODY) : NOBODY}
        onChange={(id) => {
          settings.change({ playAs: id === NOBODY ? null : id });
        }}
      />
    </div>
  );
}
