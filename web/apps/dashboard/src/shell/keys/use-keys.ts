import { useEffect, useRef } from 'react';

import { isTyping, isOfControl, KeyRegistry, type KeyGroup } from './registry';

export const keys = new KeyRegistry();

/** Gives keys a meaning while the component is shown; the dialog of keys lists them under the title. */
export function useKeys(group: KeyGroup): void {
  const latest = useRef(group);
  useEffect(() => {
    latest.current = group;
  });
  useEffect(() => {
    // The registry keeps one group, whose bindings are always those of the last render.
    const live: KeyGroup = {
      get title() {
        return latest.current.title;
      },
      get bindings() {
        return latest.current.bindings;
      },
    };
    return keys.add(live);
  }, []);
}

/** Runs what a pressed key means. Used once, by the shell. */
export function useKeyPresses(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target) || isOfControl(event.key, event.target)) return;
      const binding = keys.find(event);
      if (binding === undefined) return;
      event.preventDefault();
      binding.run();
    };
    document.addEventListener('keydown', press);
    return () => {
      document.removeEventListener('keydown', press);
    };
  }, []);
}
