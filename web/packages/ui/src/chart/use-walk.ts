import { useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';

import { nearestPoint, pointByKey } from './core/positions';

/** Which point of a chart is meant: the one under the pointer, or the one that keys have reached. */
export function useWalk(lefts: readonly number[], onOpen: ((index: number) => void) | undefined) {
  const [reached, setReached] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [isFocused, setFocused] = useState(false);
  const last = lefts.length - 1;
  // Newer data may have fewer points than the one that was reached.
  const at = Math.min(reached ?? last, last);
  const shown = pointed ?? (isFocused ? at : null);
  const active = shown === null ? null : Math.min(shown, last);

  const point = (event: PointerEvent) => {
    setPointed(nearestPoint(lefts, percentAt(event)));
  };
  const handlers = {
    onFocus: (event: { readonly currentTarget: Element }) => {
      setFocused(event.currentTarget.matches(':focus-visible'));
    },
    onBlur: () => {
      setFocused(false);
      setPointed(null);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const target = pointByKey(event.key, at, lefts.length);
      if (target !== null) {
        event.preventDefault();
        setFocused(true);
        setPointed(null);
        setReached(target);
      } else if (onOpen !== undefined && (event.key === 'Enter' || event.key === ' ')) {
        event.preventDefault();
        onOpen(at);
      } else if (event.key === 'Escape') {
        setFocused(false);
        setPointed(null);
      }
    },
    onPointerDown: point,
    onPointerMove: point,
    onPointerLeave: (event: PointerEvent) => {
      // A finger that was lifted has left too; what it pointed at stays until the chart loses the focus.
      if (event.pointerType === 'mouse') setPointed(null);
    },
    onClick: (event: MouseEvent) => {
      const target = nearestPoint(lefts, percentAt(event));
      setReached(target);
      onOpen?.(target);
    },
  };
  return { active, at, handlers };
}

function percentAt({ currentTarget, clientX }: MouseEvent | PointerEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return width === 0 ? 0 : ((clientX - left) / width) * 100;
}
