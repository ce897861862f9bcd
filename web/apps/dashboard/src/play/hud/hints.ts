import type { HudState } from '../game/hud-state';

/** What decides which hint helps now. */
export interface Situation {
  readonly hud: HudState;
  readonly towers: number;
  readonly hasUpgraded: boolean;
  readonly isFlyingNext: boolean;
  readonly isTouch: boolean;
}

const WALL = 3;

/** One sentence for a beginner, about the next thing to do; null where they need none. */
export function hintFor(situation: Situation): string | null {
  const { hud, towers, hasUpgraded, isFlyingNext, isTouch } = situation;
  const { stats, placing, tower } = hud;
  if (stats.outcome !== 'playing') return null;
  if (towers === 0 && placing === null)
    return 'Creeps will walk along the arrows to the gate. Choose a tower to stop them.';
  if (towers === 0) {
    const how = isTouch ? 'Tap a cell beside the way, then tap it again' : 'Click a cell beside the way';
    return `${how}: much of the way should lie inside the ring.`;
  }
  if (stats.wave === 0 && towers < WALL) {
    return 'Creeps walk around towers: a wall of them makes the way long. Place two more.';
  }
  if (stats.wave === 0)
    return 'Start the wave when you are ready. What is coming stands beside the board.';
  if (stats.cleared === 0)
    return 'Each creep that falls brings gold. You can build while the game is paused, too.';
  if (isFlyingNext) return 'Flyers come next: they cross walls, and mortars cannot hit them. Bolts can.';
  if (!hasUpgraded && tower === null)
    return `${isTouch ? 'Tap' : 'Click'} one of your towers to make it stronger.`;
  if (!hasUpgraded) return 'Upgrade it: the third step is a choice of two.';
  return null;
}
