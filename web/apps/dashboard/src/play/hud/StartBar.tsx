import { Button, Callout, SegmentedControl } from '@keepwell/ui';
import { useState } from 'react';
import { ProgressBar } from 'react-aria-components';

import type { Art, LoadedMap } from '../game/art';
import type { Loading } from '../game/active-match';
import type { GameSession } from '../game/game-session';
import type { Slot } from '../game/saves';
import { starsMissing } from '../game/stars';
import { useStore } from '../state/store';
import { profileFile } from '../state/profile-file';
import { download } from './download';
import { OpenFile } from './OpenFile';
import { SettingsDialog } from './SettingsDialog';
import { Sprite } from './Sprite';
import { capitalised, DIFFICULTIES } from './labels';

const NORMAL = 1;
const MEGABYTE = 1_000_000;

export interface StartBarProps {
  readonly art: Art;
  readonly session: GameSession;
  readonly playable: LoadedMap | undefined;
  /** The newest kept match of the map. */
  readonly slot: Slot | undefined;
  readonly onImported: (map: string) => void;
}

/** Difficulty and settings, and the ways into a match. */
export function StartBar({ art, session, playable, slot, onImported }: StartBarProps) {
  const [difficulty, setDifficulty] = useState(NORMAL);
  const [areSettingsOpen, setSettingsOpen] = useState(false);
  const { catalogue } = useStore(session.loading);
  return (
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
      <OpenFile session={session} maps={art.maps} isReady={catalogue !== null} onImported={onImported} />
      <Button
        onPress={() => {
          download('progress.json', new TextEncoder().encode(profileFile(session.profile)));
        }}
      >
        Save progress
      </Button>
      <StartButtons session={session} playable={playable} slot={slot} difficulty={difficulty} />
      <SettingsDialog
        settings={session.profile.settings}
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
  const stars = useStore(session.profile.progress);
  if (loading.failure !== null) {
    return (
      <Callout tone="warning" title="The game has stopped">
        {loading.failure} Reload the page to continue; saved matches are not lost.
      </Callout>
    );
  }
  if (loading.catalogue === null) return <LoadingBar loading={loading} />;
  if (playable === undefined) return null;
  const kept = new Set(slot === undefined ? [] : [slot.map]);
  const start = () => {
    session.sound.start();
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
      <Button
        emphasis={slot === undefined ? 'primary' : 'secondary'}
        isDisabled={starsMissing(playable.map, { stars, kept }, loading.catalogue) > 0}
        onPress={start}
      >
        Play {playable.map.name}
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
