import { Callout } from '@keepwell/ui';
import { useRef, useState } from 'react';

import type { Art } from '../game/art';
import type { GameSession } from '../game/game-session';
import { useStore } from '../state/store';
import { KeptMatches } from './KeptMatches';
import { MapCards } from './MapCards';
import { StartBar } from './StartBar';
import { TelemetryChoice } from './TelemetryChoice';
import { usePadFocus } from './use-pad';
import { useSlots } from './use-slots';

export interface LobbyProps {
  readonly art: Art;
  readonly session: GameSession;
  readonly isSynthetic: boolean;
}

/** The screen before a match: map and difficulty, kept matches, and telemetry. */
export function Lobby({ art, session, isSynthetic }: LobbyProps) {
  const [chosen, setChosen] = useState(art.maps[0]?.map.id ?? '');
  const lobby = useRef<HTMLDivElement>(null);
  usePadFocus(lobby);
  const { slots, trouble, refresh } = useSlots();
  const stars = useStore(session.profile.progress);
  const { telemetry, hasPlayed } = useStore(session.profile.settings);
  const { catalogue } = useStore(session.loading);
  const resumeError = useStore(session.resumeError);
  const isRefused = useStore(session.profile.storage.isRefused);
  return (
    <div className="lobby" ref={lobby}>
      {resumeError === null ? null : <Callout tone="warning">{resumeError}</Callout>}
      {trouble === null ? null : <Callout tone="warning">{trouble}</Callout>}
      {isRefused ? (
        <Callout tone="warning">
          This browser keeps no stars and settings: they last until the page is closed.
        </Callout>
      ) : null}
      <MapCards
        art={art}
        catalogue={catalogue}
        stars={stars}
        chosen={chosen}
        kept={new Set(slots.map(({ map }) => map))}
        onChoose={setChosen}
      />
      <StartBar
        art={art}
        session={session}
        playable={art.maps.find(({ map }) => map.id === chosen)}
        slot={slots.find(({ map }) => map === chosen)}
        onImported={(map) => {
          setChosen(map);
          refresh();
        }}
      />
      <KeptMatches
        session={session}
        maps={art.maps}
        slots={slots}
        isReady={catalogue !== null}
        onChange={refresh}
      />
      {telemetry === 'unasked' && !hasPlayed ? null : (
        <TelemetryChoice settings={session.profile.settings} isSynthetic={isSynthetic} />
      )}
    </div>
  );
}
