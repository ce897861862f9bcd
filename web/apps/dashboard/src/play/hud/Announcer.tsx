import { useEffect, useState } from 'react';

import { useHud, useMatch } from './context';
import { capitalised, towerTitle } from './labels';

const SHOWN_MILLISECONDS = 2_600;

/** What a refusal says, over the board, and the same and more for those who do not see it. */
export function Announcer() {
  return (
    <>
      <Notice />
      <p className="visually-hidden" role="status" aria-label="Match">
        <WaveWords />
      </p>
      <p className="visually-hidden" id="board-cursor" aria-live="polite">
        <CursorWords />
      </p>
    </>
  );
}

function Notice() {
  const { notice } = useHud();
  const [seen, setSeen] = useState(0);
  useEffect(() => {
    if (notice === null) return;
    const timer = window.setTimeout(() => {
      setSeen(notice.number);
    }, SHOWN_MILLISECONDS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [notice]);
  const isShown = notice !== null && notice.number > seen;
  return (
    <div className="game-notice" role="alert">
      {isShown ? <p key={notice.number}>{notice.text}</p> : null}
    </div>
  );
}

/** The wave and the lives, said when either changes. */
function WaveWords() {
  const { running } = useMatch();
  const { wave, cleared, lives, outcome } = useHud().stats;
  const waves = running.playable.map.waves.length;
  if (outcome === 'won') return 'The match is won.';
  if (outcome === 'lost') return 'The match is lost.';
  if (wave === 0) return `${waves} waves to come. ${lives} lives.`;
  return `Wave ${wave} of ${waves} ${cleared === wave ? 'cleared' : 'is coming'}. ${lives} lives.`;
}

const GROUND = { '.': 'open', '=': 'paved', '#': 'rock', '~': 'water' } as const;

/** Where the cursor is, and what could be done there. */
function CursorWords() {
  const { running } = useMatch();
  const { cursor, placing, ghost } = useHud();
  if (cursor === null) return null;
  const { map, catalogue } = running.game.parts;
  const ground = map.terrain[cursor.row]?.[cursor.column] ?? '.';
  const place = `Column ${cursor.column + 1}, row ${cursor.row + 1}, ${GROUND[ground as keyof typeof GROUND]}.`;
  const tower = running.game.towerAt(cursor);
  const kind = tower === null ? undefined : catalogue.towers[tower.kind];
  if (tower !== null && kind !== undefined) return `${place} ${towerTitle(kind, tower.variant)} stands here.`;
  if (placing === null || ghost === null) return place;
  const name = capitalised(catalogue.towers[placing]?.name ?? '');
  return `${place} ${ghost.reason ?? `${name} can be built.`}`;
}
