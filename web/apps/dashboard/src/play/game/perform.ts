import type { MatchState } from './match-state';
import type { SettingsStore } from '../state/settings';
import type { Action } from '../input/actions';

const ZOOM = 1.25;

/** Does what an action is called, whichever device asked for it. */
export function perform(action: Action, game: MatchState, settings: SettingsStore): void {
  if (action.startsWith('build-')) {
    game.togglePlacing(Number(action.slice('build-'.length)) - 1);
    return;
  }
  const handlers: Partial<Record<Action, () => void>> = {
    ...cursorHandlers(game),
    ...towerHandlers(game),
    ...paceHandlers(game, settings),
    ...viewHandlers(game),
  };
  handlers[action]?.();
}

type Handlers = Partial<Record<Action, () => void>>;

function cursorHandlers(game: MatchState): Handlers {
  const move = (across: number, down: number) => () => {
    game.moveCursor(across, down);
  };
  return {
    'cursor-left': move(-1, 0),
    'cursor-right': move(1, 0),
    'cursor-up': move(0, -1),
    'cursor-down': move(0, 1),
    choose: () => {
      game.confirm();
    },
    cancel: () => {
      game.cancel();
    },
  };
}

function towerHandlers(game: MatchState): Handlers {
  return {
    upgrade: () => {
      game.upgrade(0);
    },
    'upgrade-second': () => {
      game.upgrade(1);
    },
    sell: () => {
      game.sell();
    },
    target: () => {
      game.cycleTargeting();
    },
  };
}

function paceHandlers(game: MatchState, settings: SettingsStore): Handlers {
  const { paused, stats } = game.hud.get();
  return {
    pause: () => {
      game.setPaused(!paused);
    },
    'next-wave': () => {
      game.startWave();
    },
    faster: () => {
      game.changeSpeed(1);
    },
    slower: () => {
      game.changeSpeed(-1);
    },
    'auto-start': () => {
      game.setAutoStart(!stats.autoStart);
      settings.change({ autoStart: !stats.autoStart });
    },
    mute: () => {
      settings.change({ muted: !settings.get().muted });
    },
  };
}

function viewHandlers(game: MatchState): Handlers {
  return {
    'zoom-in': () => {
      game.view.zoom(ZOOM);
    },
    'zoom-out': () => {
      game.view.zoom(1 / ZOOM);
    },
    'whole-map': () => {
      game.view.showAll();
    },
    debug: () => {
      game.toggleDebug();
    },
  };
}
