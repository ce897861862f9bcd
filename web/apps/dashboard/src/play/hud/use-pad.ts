import { useEffect, useEffectEvent, type RefObject } from 'react';

import { handlePadFocus } from '../input/pad-focus';
import { pagePads } from '../input/pad-source';

/** Hears the gamepads as long as nothing that opened later does. */
export function usePad(onTrigger: (trigger: string) => void, isListening = true): void {
  const hear = useEffectEvent(onTrigger);
  useEffect(() => {
    if (!isListening) return;
    return pagePads.listen((trigger) => {
      hear(trigger);
    });
  }, [isListening]);
}

/** Lets a gamepad move the focus in a part of the page, and activate what has it. */
export function usePadFocus(
  scope: RefObject<HTMLElement | null>,
  onBack: () => void = () => undefined,
): void {
  usePad((trigger) => {
    if (scope.current !== null) handlePadFocus(trigger, { scope: scope.current, onBack });
  });
}
