import { createContext, useContext } from 'react';

import type { Art } from '../game/art';
import type { HudState } from '../game/hud-state';
import type { ActiveMatch, GameSession } from '../game/game-session';
import { useStore } from '../state/store';
import type { Settings, SettingsStore } from '../state/settings';

/** What every part of a match's screen stands on. */
export interface Match {
  readonly play: GameSession;
  readonly running: ActiveMatch;
  readonly art: Art;
  readonly settings: SettingsStore;
}

export const MatchContext = createContext<Match | null>(null);

export function useMatch(): Match {
  const match = useContext(MatchContext);
  if (match === null) throw new Error('A part of a match was shown without one.');
  return match;
}

export function useHud(): HudState {
  return useStore(useMatch().running.game.hud);
}

export function useSettings(): Settings {
  return useStore(useMatch().settings);
}
