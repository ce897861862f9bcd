import { useEffect, useState } from 'react';

import type { DrawingTimes } from '../game/board-drawing';
import { useHud, useMatch } from './context';

const REFRESH_MILLISECONDS = 250;

/** Tick and frame times, shown while the debug overlay is on. */
export function DebugPanel({ times }: { readonly times: DrawingTimes }) {
  const { debug } = useHud();
  return debug ? <DebugFigures times={times} /> : null;
}

function DebugFigures({ times }: { readonly times: DrawingTimes }) {
  const { session, match } = useMatch();
  const [lines, setLines] = useState<readonly (readonly [string, string])[]>([]);
  useEffect(() => {
    let before = { tick: match.state.timeline.latest?.score.tick ?? 0, time: performance.now() };
    const timer = window.setInterval(() => {
      const snapshot = match.state.timeline.latest;
      if (snapshot === null) return;
      const now = { tick: snapshot.score.tick, time: performance.now() };
      const rate = ((now.tick - before.tick) * 1_000) / (now.time - before.time);
      before = now;
      const { ticks, spent } = session.tickTimes;
      const { frame, drawing } = times;
      setLines([
        ['Tick', `${now.tick}`],
        ['Ticks per second', rate.toFixed(0)],
        ['Time per tick', `${(spent / Math.max(ticks, 1)).toFixed(1)} ms`],
        ['Frames per second', (1_000 / Math.max(frame, 1)).toFixed(0)],
        ['Drawing time', `${drawing.toFixed(1)} ms`],
        [
          'Creeps, towers, shells',
          `${snapshot.creeps.count}, ${snapshot.towers.count}, ${snapshot.shells.count}`,
        ],
      ]);
    }, REFRESH_MILLISECONDS);
    return () => {
      window.clearInterval(timer);
    };
  }, [session, match, times]);
  return (
    <dl className="debug-panel">
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
