import { useQuery } from '@tanstack/react-query';
import { useEffect, type RefObject } from 'react';

import { groundUrl, loadImage } from '../game/art';
import { actionOf } from '../input/input-map';
import { Gestures } from '../input/gestures';
import { keyTrigger } from '../input/keyboard';
import { perform } from '../game/perform';
import { LEAST_CELL, type Point } from '../render/camera';
import { BoardDrawing, type DrawingTimes } from '../game/board-drawing';
import { canCancel } from '../game/hud-state';
import { useStore } from '../state/store';
import { useMatch, type MatchContextValue } from './context';
import { usePad } from './use-pad';

const WHEEL_ZOOM = 1.12;

export interface BoardProps {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** Updated with each frame, for the debug panel. */
  readonly times: DrawingTimes;
  /** Called when the player asks to leave the match. */
  readonly onLeave: () => void;
}

/** The board: draws on a canvas, and listens to mouse, touch, keys and gamepads. */
export function Board({ canvas, times, onLeave }: BoardProps) {
  const context = useMatch();
  useDrawing(canvas, times, context);
  usePointers(canvas, context);
  useKeys(context);
  useGamepad(context, onLeave);
  return (
    <canvas
      ref={canvas}
      className="board-canvas"
      tabIndex={0}
      role="application"
      aria-label={`Board, ${context.match.loadedMap.map.name}. Arrow keys move the cursor, number keys choose a tower, Enter builds.`}
      aria-describedby="board-cursor"
    />
  );
}

function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  times: DrawingTimes,
  { art, match: { state }, settings }: MatchContextValue,
): void {
  const { data: ground } = useQuery({
    queryKey: ['play', 'ground', art.folder, state.parts.map.id],
    queryFn: () => loadImage(groundUrl(art.folder, state.parts.map)),
    staleTime: Infinity,
  });
  const { reducedMotion, highContrast } = useStore(settings);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || ground === undefined) return;
    const isCalm = reducedMotion || window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const drawing = new BoardDrawing(element, { state, art, ground, times, isCalm, highContrast });
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      drawing.resize({ width, height }, window.devicePixelRatio);
    });
    observer.observe(element);
    let request = 0;
    const frame = (now: number) => {
      drawing.frame(now, getComputedStyle(element).backgroundColor);
      request = requestAnimationFrame(frame);
    };
    request = requestAnimationFrame(frame);
    return () => {
      cancelAnimationFrame(request);
      observer.disconnect();
    };
  }, [canvas, times, art, state, ground, reducedMotion, highContrast]);
}

function usePointers(canvas: RefObject<HTMLCanvasElement | null>, context: MatchContextValue): void {
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const { match, settings } = context;
    const { state } = match;
    const gestures = new Gestures({
      onHover: (point) => {
        state.moveCursorTo(state.view.cellUnder(point));
      },
      onPan: (by) => {
        state.view.pan(by);
      },
      onPinch: (factor, point) => {
        state.view.zoom(factor, point);
      },
      onTrigger: (trigger, point) => {
        handlePress(trigger, point, context);
      },
    });
    const stop = new AbortController();
    listen(element, gestures, stop.signal);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const trigger = `wheel:${event.deltaY < 0 ? 'up' : 'down'}`;
      const action = actionOf(settings.get().input, trigger);
      if (action === 'zoom-in') state.view.zoom(WHEEL_ZOOM, pointIn(element, event));
      else if (action === 'zoom-out') state.view.zoom(1 / WHEEL_ZOOM, pointIn(element, event));
      else if (action !== null) perform(action, { state, settings, trigger });
    };
    element.addEventListener('wheel', wheel, { signal: stop.signal, passive: false });
    return () => {
      stop.abort();
    };
  }, [canvas, context]);
}

function listen(element: HTMLCanvasElement, gestures: Gestures, signal: AbortSignal): void {
  const options = { signal };
  element.addEventListener(
    'pointerdown',
    (event) => {
      element.setPointerCapture(event.pointerId);
      const { pointerId: id, pointerType: device, button, timeStamp: time } = event;
      gestures.down({ id, point: pointIn(element, event), device, button, time });
    },
    options,
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      gestures.move(event.pointerId, pointIn(element, event));
    },
    options,
  );
  element.addEventListener(
    'pointerup',
    (event) => {
      gestures.up(event.pointerId, event.timeStamp);
    },
    options,
  );
  element.addEventListener(
    'pointercancel',
    (event) => {
      gestures.cancel(event.pointerId);
    },
    options,
  );
  element.addEventListener(
    'contextmenu',
    (event) => {
      event.preventDefault();
    },
    options,
  );
}

/** Handles a press on the board: a mouse acts at once, a finger may have to tap twice. */
function handlePress(
  trigger: string,
  point: Point,
  { match: { state }, settings, session }: MatchContextValue,
): void {
  session.sound.start();
  const action = actionOf(settings.get().input, trigger);
  if (action === null) return;
  if (action === 'choose') {
    const cell = state.view.cellUnder(point);
    if (cell === null) return;
    if (trigger.startsWith('touch:')) {
      // A finger covers several cells of a large map: the first tap comes nearer, the next ones choose.
      const isPlacing = state.hud.get().placing !== null;
      if (isPlacing) state.view.enlarge(LEAST_CELL, point);
      state.tap(cell);
    } else {
      state.moveCursorTo(cell);
      state.confirm();
    }
    return;
  }
  perform(action, { state, settings, trigger });
}

function useKeys({ match: { state }, settings, session }: MatchContextValue): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const trigger = keyTrigger(event);
      if (trigger === null) return;
      const action = actionOf(settings.get().input, trigger);
      if (action === null) return;
      event.preventDefault();
      session.sound.start();
      perform(action, { state, settings, trigger });
    };
    window.addEventListener('keydown', press);
    return () => {
      window.removeEventListener('keydown', press);
    };
  }, [state, settings, session]);
}

/** A gamepad has no pointer for the way out: with no more to cancel, it leads there. */
function useGamepad({ match: { state }, settings, session }: MatchContextValue, onLeave: () => void): void {
  usePad((trigger) => {
    const action = actionOf(settings.get().input, trigger);
    if (action === null) return;
    session.sound.start();
    if (action === 'cancel' && !canCancel(state.hud.get())) onLeave();
    else perform(action, { state, settings, trigger });
  });
}

function pointIn(element: HTMLElement, { clientX, clientY }: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
