import { Button } from '@keepwell/ui';

import { useHud, useMatch } from './context';
import { Dialog } from './Dialog';
import { Sprite } from './Sprite';

const STARS = 3;
/** Shares of the initial lives that must be left. */
const FOR_THREE_STARS = 0.9;
const FOR_TWO_STARS = 0.5;

/** The result of a match, and the choice of what to do next. */
export function EndScreen() {
  const { match } = useMatch();
  const { outcome } = useHud().stats;
  const { map } = match.loadedMap;
  return (
    <Dialog
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
  const percent = match.state.parts.catalogue.difficulties[match.difficulty]?.lives ?? 100;
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
  const isWon = useHud().stats.outcome === 'won';
  const next = art.maps[art.maps.findIndex(({ map }) => map.id === match.loadedMap.map.id) + 1];
  return (
    <div className="game-dialog-actions">
      <Button
        onPress={() => {
          void session.leave({ saving: false });
        }}
      >
        Choose a map
      </Button>
      <Button
        emphasis={isWon && next !== undefined ? 'secondary' : 'primary'}
        onPress={() => {
          session.start(match.loadedMap, match.difficulty);
        }}
      >
        Play again
      </Button>
      {isWon && next !== undefined ? (
        <Button
          emphasis="primary"
          onPress={() => {
            session.start(next, match.difficulty);
          }}
        >
          Continue to {next.map.name}
        </Button>
      ) : null}
    </div>
  );
}

function starsFor(lives: number, initialLives: number): number {
  if (lives >= initialLives * FOR_THREE_STARS) return STARS;
  return lives >= initialLives * FOR_TWO_STARS ? 2 : 1;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
