import { createContext, useContext } from 'react';

import type { Art } from '../game/art';
import type { HudState } from '../game/hud-state';
import type { ActiveMatch } from '../game/active-match';
import type { GameSession } from '../game/game-session';
import { useStore } from '../state/store';
import type { Settings, SettingsStore } from '../state/settings';

/** What every part of the match screen shares. */
export interface MatchContextValue {
  readonly session: GameSession;
  readonly match: ActiveMatch;
  readonly art: Art;
  readonly settings: SettingsStore;
}

export const MatchContext = createContext<MatchContextValue | null>(null);

export function useMatch(): MatchContextValue {
  const value = useContext(MatchContext);
  if (value === null) throw new Error('useMatch was called outside of a match.');
  return value;
}

export function useHud(): HudState {
  return useStore(useMatch().match.state.hud);
}

export function useSettings(): Settings {
  return useStore(useMatch().settings);
}
