import type { Catalogue } from '../core/catalogue';
import type { GameMap } from '../core/map';
import { bestOf, totalOf, type Stars } from '../state/progress';
import type { MatchStats } from './hud-state';

export const MAX_STARS = 3;

/** The stars of a win, counted as the desktop does; none if a physical constant was changed. */
export function starsFor(
  { lives, tweaked }: Pick<MatchStats, 'lives' | 'tweaked'>,
  {
    map,
    difficulty,
    catalogue,
  }: { readonly map: GameMap; readonly difficulty: number; readonly catalogue: Catalogue },
): number {
  const percent = catalogue.difficulties[difficulty]?.lives ?? 100;
  const initial = Math.max(Math.floor((map.lives * percent) / 100), 1);
  return lives <= 0 || tweaked
    ? 0
    : catalogue.star_percents.filter((each) => lives * 100 >= initial * each).length;
}

/** What opens maps: the stars, and the maps that have kept matches. */
export interface Opened {
  readonly stars: Stars;
  readonly kept: ReadonlySet<string>;
}

/** How many more stars open the map; 0 if it is open. A map that was won or has a kept match stays open. */
export function starsMissing(map: GameMap, { stars, kept }: Opened, catalogue: Catalogue): number {
  if (bestOf(stars, map.id) > 0 || kept.has(map.id)) return 0;
  return Math.max((map.order - 1) * catalogue.stars_per_map - totalOf(stars), 0);
}
