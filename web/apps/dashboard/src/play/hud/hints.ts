import type { HudState } from '../game/hud-state';

/** What the choice of a hint depends on. */
export interface Situation {
  readonly hud: HudState;
  readonly towers: number;
  readonly hasUpgraded: boolean;
  readonly isFlyingNext: boolean;
  readonly isTouch: boolean;
}

const TOWERS_OF_A_WALL = 3;

/** One sentence about what a beginner should do next; null if they need none. */
export function hintFor(situation: Situation): string | null {
  const { hud, towers, hasUpgraded, isFlyingNext, isTouch } = situation;
  const { stats, placing, tower } = hud;
  if (stats.outcome !== 'playing') return null;
  if (towers === 0 && placing === null)
    return 'Creeps will follow the arrows to the gate. Choose a tower to stop them.';
  if (towers === 0) {
    const how = isTouch ? 'Tap a cell beside the path, then tap it again' : 'Click a cell beside the path';
    return `${how}: as much of the path as possible should be inside the ring.`;
  }
  if (stats.wave === 0 && towers < TOWERS_OF_A_WALL) {
    return 'Creeps walk around towers, so a wall of towers makes their path longer. Place two more.';
  }
  if (stats.wave === 0) return 'Start the wave when you are ready. What is coming is shown beside the board.';
  if (stats.cleared === 0)
    return 'Each creep you defeat earns gold. You can also build while the game is paused.';
  if (isFlyingNext) return 'Flyers come next: they fly over walls, and mortars cannot hit them. Bolts can.';
  if (!hasUpgraded && tower === null)
    return `${isTouch ? 'Tap' : 'Click'} one of your towers to make it stronger.`;
  if (!hasUpgraded) return 'Upgrade it: the third upgrade is a choice of two.';
  return null;
}
