import { Button, SelectField } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';

import { accountsQuery } from '../../queries/accounts/accounts';
import { useStore } from '../state/store';
import type { SettingsStore } from '../state/settings';
import { GameSwitch } from './GameSwitch';

const QUESTION = 'Send anonymous data about your matches?';
const EXPLANATION =
  'This sends which map you play, which towers you build and where, waves, wins and losses, and how long you play. It includes nothing about you or your device, only a random ID that is used nowhere else. You can turn it off at any time, which deletes the ID.';

export function TelemetrySwitch({ settings }: { readonly settings: SettingsStore }) {
  const { telemetry } = useStore(settings);
  return (
    <GameSwitch
      isSelected={telemetry === 'on'}
      onChange={(on) => {
        settings.chooseTelemetry(on);
      }}
    >
      Send data about my matches
    </GameSwitch>
  );
}

export interface TelemetryChoiceProps {
  readonly settings: SettingsStore;
  /** Whether the workspace is a synthetic sample, whose accounts the player can play as. */
  readonly isSynthetic: boolean;
}

/** Asks for consent after the first match: nothing is sent until the player has chosen. */
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

/** Chooses an account of the sample business to play as; the match appears in its activity. */
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
