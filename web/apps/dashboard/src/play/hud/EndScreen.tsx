import { Button } from '@keepwell/ui';

import { useHud, useMatch } from './context';
import { Dialog } from './Dialog';
import { Sprite } from './Sprite';

const STARS = 3;
/** Of the lives at the beginning: what three stars take, and what two. */
const NEARLY_ALL = 0.9;
const MOST = 0.5;

/** How a match ended, and what may come next. */
export function EndScreen() {
  const { running } = useMatch();
  const { outcome } = useHud().stats;
  const { map } = running.playable;
  return (
    <Dialog
      title={outcome === 'won' ? `${map.name} is safe` : `${map.name} is lost`}
      isOpen={outcome !== 'playing'}
    >
      <Figures />
      <WhatNext />
    </Dialog>
  );
}

function Figures() {
  const { art, running } = useMatch();
  const { stats } = useHud();
  const { map } = running.playable;
  const percent = running.game.parts.catalogue.difficulties[running.difficulty]?.lives ?? 100;
  const stars = stats.outcome === 'won' ? starsFor(stats.lives, (map.lives * percent) / 100) : 0;
  return (
    <>
      <div className="end-stars" role="img" aria-label={`${stars} of ${STARS} stars`}>
        {Array.from({ length: STARS }, (_, star) => (
          <Sprite key={star} art={art} name={star < stars ? 'icon/star' : 'icon/star-empty'} size={56} />
        ))}
      </div>
      <dl className="end-figures">
        <div>
          <dt>Waves</dt>
          <dd>
            {stats.cleared} of {map.waves.length}
          </dd>
        </div>
        <div>
          <dt>Fallen</dt>
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

function WhatNext() {
  const { art, play, running } = useMatch();
  const isWon = useHud().stats.outcome === 'won';
  const next = art.maps[art.maps.findIndex(({ map }) => map.id === running.playable.map.id) + 1];
  return (
    <div className="game-dialog-actions">
      <Button
        onPress={() => {
          void play.leave({ keeping: false });
        }}
      >
        Choose a map
      </Button>
      <Button
        emphasis={isWon && next !== undefined ? 'secondary' : 'primary'}
        onPress={() => {
          play.begin(running.playable, running.difficulty);
        }}
      >
        Play it again
      </Button>
      {isWon && next !== undefined ? (
        <Button
          emphasis="primary"
          onPress={() => {
            play.begin(next, running.difficulty);
          }}
        >
          On to {next.map.name}
        </Button>
      ) : null}
    </div>
  );
}

function starsFor(lives: number, atFirst: number): number {
  if (lives >= atFirst * NEARLY_ALL) return STARS;
  return lives >= atFirst * MOST ? 2 : 1;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
