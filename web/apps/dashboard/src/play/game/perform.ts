import type { Action } from '../input/actions';
import { numberOf, type Trigger } from '../input/input-map';
import type { SettingsStore } from '../state/settings';
import { toggleFullscreen } from './fullscreen';
import type { MatchState } from './match-state';

const ZOOM = 1.25;

type Handlers = Partial<Record<Action, () => void>>;

export interface PerformParts {
  readonly state: MatchState;
  readonly settings: SettingsStore;
  /** What triggered the action: a number key names a tower. */
  readonly trigger: Trigger;
}

/** Performs a named action, whichever device triggered it. */
export function perform(action: Action, { state, settings, trigger }: PerformParts): void {
  const handlers: Handlers = {
    ...cursorHandlers(state),
    ...placingHandlers(state, trigger),
    ...towerHandlers(state),
    ...paceHandlers(state, settings),
    ...viewHandlers(state),
  };
  handlers[action]?.();
}

function cursorHandlers(state: MatchState): Handlers {
  const move = (across: number, down: number) => () => {
    state.moveCursorBy(across, down);
  };
  return {
    'cursor-left': move(-1, 0),
    'cursor-right': move(1, 0),
    'cursor-up': move(0, -1),
    'cursor-down': move(0, 1),
    choose: () => {
      state.confirm();
    },
    cancel: () => {
      state.cancel();
    },
  };
}

function placingHandlers(state: MatchState, trigger: Trigger): Handlers {
  return {
    'tower-by-number': () => {
      state.placeNumber(numberOf(trigger) ?? 0);
    },
    'next-tower': () => {
      state.placeNext(1);
    },
    'previous-tower': () => {
      state.placeNext(-1);
    },
  };
}

function towerHandlers(state: MatchState): Handlers {
  return {
    upgrade: () => {
      state.orders.upgrade(0);
    },
    'upgrade-second': () => {
      state.orders.upgrade(1);
    },
    sell: () => {
      state.orders.sell();
    },
    target: () => {
      state.orders.cycleTargeting();
    },
  };
}

function paceHandlers(state: MatchState, settings: SettingsStore): Handlers {
  const { paused, stats } = state.hud.get();
  return {
    pause: () => {
      state.pace.setPaused(!paused);
    },
    'next-wave': () => {
      state.startWave();
    },
    faster: () => {
      state.pace.changeSpeed(1);
    },
    slower: () => {
      state.pace.changeSpeed(-1);
    },
    'auto-start': () => {
      state.setAutoStart(!stats.autoStart);
      settings.change({ autoStart: !stats.autoStart });
    },
    mute: () => {
      settings.change({ muted: !settings.get().muted });
    },
  };
}

function viewHandlers(state: MatchState): Handlers {
  return {
    'zoom-in': () => {
      state.view.zoom(ZOOM);
    },
    'zoom-out': () => {
      state.view.zoom(1 / ZOOM);
    },
    'whole-map': () => {
      state.view.showAll();
    },
    fullscreen: toggleFullscreen,
    debug: () => {
      state.toggleDebug();
    },
  };
}
