import { useEffect, useState } from 'react';

import { useHud, useMatch } from './context';
import { capitalised, towerTitle } from './labels';

const SHOWN_MILLISECONDS = 2_600;

/** Notices over the board, and live announcements of the match for screen readers. */
export function Announcer() {
  return (
    <>
      <Notice />
      <p className="visually-hidden" role="status" aria-label="Match">
        <WaveStatus />
      </p>
      <p className="visually-hidden" id="board-cursor" aria-live="polite">
        <CursorStatus />
      </p>
    </>
  );
}

function Notice() {
  const { notice } = useHud();
  const [hiddenUpTo, setHiddenUpTo] = useState(0);
  useEffect(() => {
    if (notice === null) return;
    const timer = window.setTimeout(() => {
      setHiddenUpTo(notice.number);
    }, SHOWN_MILLISECONDS);
    return () => {
      window.clearTimeout(timer);
    };
  }, [notice]);
  const isShown = notice !== null && notice.number > hiddenUpTo;
  return (
    <div className="game-notice" role="alert">
      {isShown ? <p key={notice.number}>{notice.text}</p> : null}
    </div>
  );
}

/** Announces the wave and the lives when either changes. */
function WaveStatus() {
  const { match } = useMatch();
  const { wave, cleared, lives, outcome } = useHud().stats;
  const waves = match.loadedMap.map.waves.length;
  if (outcome === 'won') return 'The match is won.';
  if (outcome === 'lost') return 'The match is lost.';
  if (wave === 0) return `${waves} waves to come. ${lives} lives.`;
  return `Wave ${wave} of ${waves} ${cleared === wave ? 'cleared' : 'is coming'}. ${lives} lives.`;
}

const GROUND = { '.': 'open', '=': 'paved', '#': 'rock', '~': 'water' } as const;

/** Announces where the cursor is and what can be done there. */
function CursorStatus() {
  const { match } = useMatch();
  const { cursor, placing, ghost } = useHud();
  if (cursor === null) return null;
  const { map, catalogue } = match.state.parts;
  const ground = map.terrain[cursor.row]?.[cursor.column] ?? '.';
  const position = `Column ${cursor.column + 1}, row ${cursor.row + 1}, ${GROUND[ground as keyof typeof GROUND]}.`;
  const tower = match.state.towerAt(cursor);
  const kind = tower === null ? undefined : catalogue.towers[tower.kind];
  if (tower !== null && kind !== undefined)
    return `${position} ${towerTitle(kind, tower.variant)} stands here.`;
  if (placing === null || ghost === null) return position;
  const name = capitalised(catalogue.towers[placing]?.name ?? '');
  return `${position} ${ghost.reason ?? `${name} can be built.`}`;
}
