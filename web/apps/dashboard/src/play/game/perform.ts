import type { Game } from './game';
import type { SettingsStore } from '../state/settings';
import type { Action } from '../input/actions';

const ZOOM = 1.25;

/** Does what an action is called, whichever device asked for it. */
export function perform(action: Action, game: Game, settings: SettingsStore): void {
  if (action.startsWith('build-')) {
    game.hold(Number(action.slice('build-'.length)) - 1);
    return;
  }
  const deeds: Partial<Record<Action, () => void>> = {
    ...cursorDeeds(game),
    ...towerDeeds(game),
    ...paceDeeds(game, settings),
    ...viewDeeds(game),
  };
  deeds[action]?.();
}

type Deeds = Partial<Record<Action, () => void>>;

function cursorDeeds(game: Game): Deeds {
  const move = (across: number, down: number) => () => {
    game.moveCursor(across, down);
  };
  return {
    'cursor-left': move(-1, 0),
    'cursor-right': move(1, 0),
    'cursor-up': move(0, -1),
    'cursor-down': move(0, 1),
    choose: () => {
      game.choose();
    },
    cancel: () => {
      game.cancel();
    },
  };
}

function towerDeeds(game: Game): Deeds {
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
      game.nextTarget();
    },
  };
}

function paceDeeds(game: Game, settings: SettingsStore): Deeds {
  const { paused, standing } = game.hud.get();
  return {
    pause: () => {
      game.setPaused(!paused);
    },
    'next-wave': () => {
      game.beginWave();
    },
    faster: () => {
      game.shift(1);
    },
    slower: () => {
      game.shift(-1);
    },
    'auto-start': () => {
      game.setAutoStart(!standing.autoStart);
      settings.change({ autoStart: !standing.autoStart });
    },
    mute: () => {
      settings.change({ muted: !settings.get().muted });
    },
  };
}

function viewDeeds(game: Game): Deeds {
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
