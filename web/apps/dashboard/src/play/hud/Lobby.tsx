import { Badge, Button, Callout, SegmentedControl } from '@keepwell/ui';
import { useState } from 'react';
import { ProgressBar, RadioButton, RadioField, RadioGroup } from 'react-aria-components';

import type { Art, LoadedMap } from '../game/art';
import { groundUrl } from '../game/art';
import type { GameSession, Loading } from '../game/game-session';
import { deleteSlot, type Slot } from '../game/saves';
import { useStore } from '../state/store';
import type { SettingsStore } from '../state/settings';
import { useSlots } from './use-slots';
import { SettingsDialog } from './SettingsDialog';
import { Sprite } from './Sprite';
import { TelemetryChoice } from './TelemetryChoice';
import { capitalised } from './labels';

const DIFFICULTIES = ['easy', 'normal', 'hard'] as const;
const NORMAL = 1;
const MEGABYTE = 1_000_000;

export interface LobbyProps {
  readonly art: Art;
  readonly session: GameSession;
  readonly settings: SettingsStore;
  readonly isSynthetic: boolean;
}

/** The screen before a match: telemetry, map and difficulty. */
export function Lobby({ art, session, settings, isSynthetic }: LobbyProps) {
  const [chosen, setChosen] = useState(art.maps[0]?.map.id ?? '');
  const [difficulty, setDifficulty] = useState(NORMAL);
  const [areSettingsOpen, setSettingsOpen] = useState(false);
  const slots = useSlots(art.maps);
  const resumeError = useStore(session.resumeError);
  const playable = art.maps.find(({ map }) => map.id === chosen);
  return (
    <div className="lobby">
      <TelemetryChoice settings={settings} isSynthetic={isSynthetic} />
      {resumeError === null ? null : <Callout tone="warning">{resumeError}</Callout>}
      <MapCards art={art} chosen={chosen} slots={slots} onChoose={setChosen} />
      <div className="lobby-start card">
        <SegmentedControl
          label="Difficulty"
          choices={DIFFICULTIES.map((name) => ({ id: name, label: capitalised(name) }))}
          value={DIFFICULTIES[difficulty] ?? 'normal'}
          onChange={(name) => {
            setDifficulty(DIFFICULTIES.indexOf(name));
          }}
        />
        <Button
          aria-label="Settings"
          onPress={() => {
            setSettingsOpen(true);
          }}
        >
          <Sprite art={art} name="icon/settings" size={18} />
          Settings
        </Button>
        <StartButtons
          session={session}
          playable={playable}
          slot={slots.get(chosen)}
          difficulty={difficulty}
        />
      </div>
      <SettingsDialog
        settings={settings}
        isOpen={areSettingsOpen}
        onClose={() => {
          setSettingsOpen(false);
        }}
      />
    </div>
  );
}

interface StartButtonsProps {
  readonly session: GameSession;
  readonly playable: LoadedMap | undefined;
  readonly slot: Slot | undefined;
  readonly difficulty: number;
}

function StartButtons({ session, playable, slot, difficulty }: StartButtonsProps) {
  const loading = useStore(session.loading);
  if (loading.failure !== null) {
    return (
      <Callout tone="warning" title="The game has stopped">
        {loading.failure} Reload the page to continue; saved matches are not lost.
      </Callout>
    );
  }
  if (loading.catalogue === null) return <LoadingBar loading={loading} />;
  if (playable === undefined) return null;
  const start = () => {
    session.sound.start();
    void deleteSlot(playable.map.id);
    session.start(playable, difficulty);
  };
  return (
    <div className="lobby-buttons">
      {slot === undefined ? null : (
        <Button
          emphasis="primary"
          onPress={() => {
            session.sound.start();
            session.resume(playable, slot);
          }}
        >
          Resume after wave {slot.wave}
        </Button>
      )}
      <Button emphasis={slot === undefined ? 'primary' : 'secondary'} onPress={start}>
        {slot === undefined ? `Play ${playable.map.name}` : 'Start over'}
      </Button>
    </div>
  );
}

function LoadingBar({ loading: { received, total } }: { readonly loading: Loading }) {
  const isLoading = total === 0 || received < total;
  const megabytes = (bytes: number) => (bytes / MEGABYTE).toFixed(1);
  const label = isLoading ? `${megabytes(received)} of ${megabytes(total)} MB` : 'Starting the game';
  return (
    <ProgressBar
      className="loading-bar"
      aria-label="Loading the game"
      maxValue={Math.max(total, 1)}
      value={received}
      valueLabel={label}
    >
      {({ percentage = 0 }) => (
        <>
          <span className="loading-label">{label}</span>
          <span className="loading-track">
            <span className="loading-filled" style={{ width: `${percentage}%` }} />
          </span>
        </>
      )}
    </ProgressBar>
  );
}

interface MapCardsProps {
  readonly art: Art;
  readonly chosen: string;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly onChoose: (id: string) => void;
}

function MapCards({ art, chosen, slots, onChoose }: MapCardsProps) {
  return (
    <RadioGroup className="map-cards" aria-label="Map" value={chosen} onChange={onChoose}>
      {art.maps.map(({ map }) => (
        <RadioField key={map.id} value={map.id} className="map-field">
          <RadioButton className="map-card">
            <img className="map-picture" src={groundUrl(art.folder, map)} alt="" loading="lazy" />
            <span className="map-label">
              <strong>
                {map.order}. {map.name}
              </strong>
              <span className="muted">
                {map.waves.length} waves,{' '}
                {map.spawns.length === 1 ? 'one entrance' : `${map.spawns.length} entrances`}
              </span>
              {slots.has(map.id) ? <Badge tone="notice">Saved</Badge> : null}
            </span>
          </RadioButton>
        </RadioField>
      ))}
    </RadioGroup>
  );
}
