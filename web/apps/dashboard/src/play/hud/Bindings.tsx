import { Button } from '@keepwell/ui';
import { useEffect, useRef, useState, type RefObject } from 'react';

import { ACTION_NAMES, ACTIONS, type Action } from '../input/actions';
import { bind, isFixed, triggerLabel, unbind, type InputMap, type Trigger } from '../input/input-map';
import { usePad } from './use-pad';

export interface BindingsProps {
  readonly map: InputMap;
  readonly onChange: (map: InputMap) => void;
}

const WAITING = 'Press a key or button, or click to cancel';

/** Lists the triggers of every action, to be added and removed. */
export function Bindings({ map, onChange }: BindingsProps) {
  const [waiting, setWaiting] = useState<Action | null>(null);
  const list = useRef<HTMLUListElement>(null);
  useNextTrigger(waiting !== null, list, (trigger) => {
    if (waiting !== null && trigger !== null) onChange(bind(map, waiting, trigger));
    setWaiting(null);
  });
  return (
    <ul className="bindings" ref={list}>
      {ACTION_NAMES.map((action) => (
        <li key={action}>
          <span>{ACTIONS[action]}</span>
          <span className="binding-triggers">
            {map[action].map((trigger) => (
              <Binding
                key={trigger}
                action={action}
                trigger={trigger}
                onRemove={() => {
                  onChange(unbind(map, action, trigger));
                }}
              />
            ))}
            <Button
              emphasis="quiet"
              aria-label={`${ACTIONS[action]}: ${waiting === action ? WAITING : 'add a key or button'}`}
              data-waiting={waiting === action || undefined}
              onPress={() => {
                setWaiting(waiting === action ? null : action);
              }}
            >
              {waiting === action ? WAITING : 'Add'}
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface BindingProps {
  readonly action: Action;
  readonly trigger: Trigger;
  readonly onRemove: () => void;
}

/** One trigger of an action, and how to remove it; a fixed one stays. */
function Binding({ action, trigger, onRemove }: BindingProps) {
  const label = triggerLabel(trigger);
  if (isFixed(trigger)) return <span className="binding-fixed">{label}</span>;
  return (
    <Button aria-label={`${ACTIONS[action]}: remove ${label}`} onPress={onRemove}>
      {label} ×
    </Button>
  );
}

/**
 * Reports the next key, further mouse button or gamepad button. Escape, a click and a tap report null, and a click still
 * does what it does elsewhere.
 */
function useNextTrigger(
  isWaiting: boolean,
  list: RefObject<HTMLElement | null>,
  onTrigger: (trigger: Trigger | null) => void,
): void {
  useEffect(() => {
    if (!isWaiting) return;
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const take = (event: Event, trigger: Trigger | null) => {
      event.preventDefault();
      event.stopPropagation();
      onTrigger(trigger);
    };
    const key = (event: KeyboardEvent) => {
      take(event, event.code === 'Escape' ? null : `key:${event.code}`);
    };
    const mouse = (event: PointerEvent) => {
      if (event.pointerType === 'mouse' && event.button > 0) take(event, `mouse:${event.button}`);
      else if (!isOnWaitingButton(list.current, event.target)) onTrigger(null);
    };
    window.addEventListener('keydown', key, options);
    window.addEventListener('pointerdown', mouse, options);
    return () => {
      stop.abort();
    };
  });
  usePad(onTrigger, isWaiting);
}

/** The button that waits cancels by itself when it is pressed again. */
function isOnWaitingButton(list: HTMLElement | null, target: EventTarget | null): boolean {
  const button = list?.querySelector('[data-waiting]') ?? null;
  return button !== null && target instanceof Node && button.contains(target);
}
