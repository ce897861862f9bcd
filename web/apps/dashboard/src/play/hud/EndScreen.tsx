import { Button } from '@keepwell/ui';
import { useEffect, useState } from 'react';

import type { Slot } from '../game/saves';
import { starsFor, starsMissing } from '../game/stars';
import { useStore } from '../state/store';
import { useHud, useMatch } from './context';
import { Dialog } from './Dialog';
import { download } from './download';
import { difficultyName } from './labels';
import { Stars } from './Stars';
import { useSlots } from './use-slots';

/** The result of a match, and the choice of what to do next. */
export function EndScreen() {
  const { session, match } = useMatch();
  const { outcome } = useHud().stats;
  const { map } = match.loadedMap;
  return (
    <Dialog
      onBack={() => {
        void session.leave({ saving: false });
      }}
      title={outcome === 'won' ? `${map.name} is safe` : `${map.name} is lost`}
      isOpen={outcome !== 'playing'}
    >
      <Figures />
      <NextChoices />
    </Dialog>
  );
}

function Figures() {
  const { art, match } = useMatch();
  const { stats } = useHud();
  const { map } = match.loadedMap;
  const { difficulty } = match;
  const { catalogue } = match.state.parts;
  const stars = stats.outcome === 'won' ? starsFor(stats, { map, difficulty, catalogue }) : 0;
  return (
    <>
      <p className="end-stars">
        {stats.tweaked ? 'Physics was changed: no stars' : <Stars art={art} count={stars} size={56} />}
      </p>
      <dl className="end-figures">
        <div>
          <dt>Waves</dt>
          <dd>
            {stats.cleared} of {map.waves.length}
          </dd>
        </div>
        <div>
          <dt>Defeated</dt>
          <dd>{stats.killed}</dd>
        </div>
        <div>
          <dt>Lives left</dt>
          <dd>{stats.lives}</dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd>{clock(stats.seconds)}</dd>
        </div>
      </dl>
    </>
  );
}

function NextChoices() {
  const { art, session, match } = useMatch();
  const { outcome, tweaked } = useHud().stats;
  const isWon = outcome === 'won';
  const replay = useStore(session.lastReplay);
  const stars = useStore(session.profile.progress);
  const next = art.maps[art.maps.findIndex(({ map }) => map.id === match.loadedMap.map.id) + 1];
  const kept = new Set(useSlots().slots.map(({ map }) => map));
  const { catalogue } = match.state.parts;
  const isNextOpen = next !== undefined && starsMissing(next.map, { stars, kept }, catalogue) === 0;
  const { loadedMap, difficulty, isReplay } = match;
  const canGoBack = (!isWon || tweaked) && !isReplay;
  return (
    <div className="game-dialog-actions">
      <Button
        onPress={() => {
          void session.leave({ saving: false });
        }}
      >
        Choose a map
      </Button>
      {replay === null ? null : <ReplayChoices replay={replay} />}
      <Button
        onPress={() => {
          session.start(loadedMap, difficulty);
        }}
      >
        Play again
      </Button>
      {canGoBack ? <AgainFromCheckpoint /> : null}
      {isWon && isNextOpen && !isReplay ? (
        <Button
          emphasis="primary"
          onPress={() => {
            session.start(next, difficulty);
          }}
        >
          Continue to {next.map.name}
        </Button>
      ) : null}
    </div>
  );
}

/** Watch the match again, or keep it as a file that the desktop opens, too. */
function ReplayChoices({ replay }: { readonly replay: Uint8Array }) {
  const { session, match } = useMatch();
  const { loadedMap, difficulty } = match;
  return (
    <>
      <Button
        onPress={() => {
          download(`${loadedMap.map.id}-${difficultyName(difficulty)}.bulwark-replay`, replay);
        }}
      >
        Save the replay
      </Button>
      <Button
        onPress={() => {
          session.watch(loadedMap, difficulty, replay);
        }}
      >
        Watch the replay
      </Button>
    </>
  );
}

/** After a loss, or a win that does not count: the match as it was after the last cleared wave. */
function AgainFromCheckpoint() {
  const { session, match } = useMatch();
  const [slot, setSlot] = useState<Slot | null>(null);
  useEffect(() => {
    void session.keptOfMatch().then(setSlot);
  }, [session]);
  const checkpoint = slot?.checkpoint ?? null;
  if (slot === null || checkpoint === null) return null;
  const { wave, save } = checkpoint;
  return (
    <Button
      emphasis="primary"
      onPress={() => {
        session.resume(match.loadedMap, { ...slot, wave, saves: [save] });
      }}
    >
      Again from wave {wave + 1}
    </Button>
  );
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
