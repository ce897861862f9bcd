import { Button } from '@keepwell/ui';
import { useEffect, useState } from 'react';

import { ACTION_NAMES, ACTIONS, type Action } from '../input/actions';
import { Gamepads } from '../input/gamepad';
import { bind, triggerLabel, unbind, type InputMap } from '../input/input-map';

export interface BindingsProps {
  readonly map: InputMap;
  readonly onChange: (map: InputMap) => void;
}

/** Lists the triggers of every action, to be added and removed. */
export function Bindings({ map, onChange }: BindingsProps) {
  const [waiting, setWaiting] = useState<Action | null>(null);
  useNextTrigger(waiting !== null, (trigger) => {
    if (waiting !== null && trigger !== null) onChange(bind(map, waiting, trigger));
    setWaiting(null);
  });
  return (
    <ul className="bindings">
      {ACTION_NAMES.map((action) => (
        <li key={action}>
          <span>{ACTIONS[action]}</span>
          <span className="binding-triggers">
            {map[action].map((trigger) => (
              <Button
                key={trigger}
                aria-label={`${ACTIONS[action]}: remove ${triggerLabel(trigger)}`}
                onPress={() => {
                  onChange(unbind(map, action, trigger));
                }}
              >
                {triggerLabel(trigger)} ×
              </Button>
            ))}
            <Button
              emphasis="quiet"
              aria-label={`${ACTIONS[action]}: add a key or button`}
              onPress={() => {
                setWaiting(action);
              }}
            >
              {waiting === action ? 'Press a key or button…' : 'Add'}
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Reports the next key, mouse button or gamepad button; null for Escape. */
function useNextTrigger(isWaiting: boolean, onTrigger: (trigger: string | null) => void): void {
  useEffect(() => {
    if (!isWaiting) return;
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const key = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      onTrigger(event.code === 'Escape' ? null : `key:${event.code}`);
    };
    const mouse = (event: PointerEvent) => {
      event.preventDefault();
      event.stopPropagation();
      onTrigger(event.pointerType === 'mouse' ? `mouse:${event.button}` : null);
    };
    window.addEventListener('keydown', key, options);
    window.addEventListener('pointerdown', mouse, options);
    const pads = new Gamepads();
    pads.triggers(navigator.getGamepads(), 0); // Ignores what is held down already.
    const poll = window.setInterval(() => {
      const [trigger] = pads.triggers(navigator.getGamepads(), 0);
      if (trigger !== undefined) onTrigger(trigger);
    }, 30);
    return () => {
      stop.abort();
      window.clearInterval(poll);
    };
  });
}
