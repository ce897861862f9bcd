import type { Catalogue } from '../core/catalogue';
import type { GameMap } from '../core/map';
import type { Atlas } from './atlas';

/** Everything that is needed to draw one map and that stays the same throughout a match. */
export interface BoardArt {
  readonly atlas: Atlas;
  readonly catalogue: Catalogue;
  readonly map: GameMap;
  readonly ground: CanvasImageSource;
  readonly highContrast: boolean;
}
