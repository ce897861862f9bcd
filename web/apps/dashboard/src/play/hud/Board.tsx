import { useQuery } from '@tanstack/react-query';
import { useEffect, type RefObject } from 'react';

import { groundOf, loadImage } from '../game/art';
import { actionOf } from '../input/input-map';
import { Gamepads } from '../input/gamepad';
import { Gestures } from '../input/gestures';
import { keyTrigger } from '../input/keyboard';
import { perform } from '../game/perform';
import type { Point } from '../render/camera';
import { BoardDrawing, type DrawingTimes } from '../game/board-drawing';
import { useMatch, type Match } from './context';

const WHEEL_ZOOM = 1.12;

export interface BoardProps {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** Filled with what the frames take, for the debug panel. */
  readonly times: DrawingTimes;
}

/** The board: drawn on a canvas, and the place where mouse, fingers, keys and gamepads are heard. */
export function Board({ canvas, times }: BoardProps) {
  const match = useMatch();
  useDrawing(canvas, times, match);
  usePointers(canvas, match);
  useKeys(match);
  return (
    <canvas
      ref={canvas}
      className="board-canvas"
      tabIndex={0}
      role="application"
      aria-label={`The board, ${match.running.playable.map.name}. Arrow keys move the cursor, the keys 1 to 6 take a tower, Enter builds.`}
      aria-describedby="board-cursor"
    />
  );
}

function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  times: DrawingTimes,
  { art, running: { game } }: Match,
): void {
  const { data: ground } = useQuery({
    queryKey: ['play', 'ground', art.folder, game.parts.map.id],
    queryFn: () => loadImage(groundOf(art.folder, game.parts.map)),
    staleTime: Infinity,
  });
  useEffect(() => {
    const element = canvas.current;
    if (element === null || ground === undefined) return;
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const drawing = new BoardDrawing(element, { game, art, ground, times, isCalm });
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
  }, [canvas, times, art, game, ground]);
}

function usePointers(canvas: RefObject<HTMLCanvasElement | null>, match: Match): void {
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const { game } = match.running;
    const gestures = new Gestures({
      onHover: (point) => {
        game.moveCursorTo(game.view.cellUnder(point));
      },
      onPan: (by) => {
        game.view.pan(by);
      },
      onPinch: (factor, point) => {
        game.view.zoom(factor, point);
      },
      onTrigger: (trigger, point) => {
        triggered(trigger, point, match);
      },
    });
    const stop = new AbortController();
    listen(element, gestures, stop.signal);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const action = actionOf(match.settings.get().input, `wheel:${event.deltaY < 0 ? 'up' : 'down'}`);
      if (action === 'zoom-in') game.view.zoom(WHEEL_ZOOM, pointIn(element, event));
      else if (action === 'zoom-out') game.view.zoom(1 / WHEEL_ZOOM, pointIn(element, event));
      else if (action !== null) perform(action, game, match.settings);
    };
    element.addEventListener('wheel', wheel, { signal: stop.signal, passive: false });
    return () => {
      stop.abort();
    };
  }, [canvas, match]);
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

/** What a press on the board does: a finger chooses a cell first and builds there by a second tap. */
function triggered(trigger: string, point: Point, { running: { game }, settings, play }: Match): void {
  play.sound.start();
  const action = actionOf(settings.get().input, trigger);
  if (action === null) return;
  if (action === 'choose') {
    const cell = game.view.cellUnder(point);
    if (cell === null) return;
    if (trigger.startsWith('touch:')) game.tap(cell);
    else {
      game.moveCursorTo(cell);
      game.confirm();
    }
    return;
  }
  perform(action, game, settings);
}

function useKeys({ running: { game }, settings, play }: Match): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const trigger = keyTrigger(event);
      const action = trigger === null ? null : actionOf(settings.get().input, trigger);
      if (action === null) return;
      event.preventDefault();
      play.sound.start();
      perform(action, game, settings);
    };
    const pads = new Gamepads();
    let request = 0;
    const poll = (now: number) => {
      for (const trigger of pads.triggers(navigator.getGamepads(), now)) {
        const action = actionOf(settings.get().input, trigger);
        if (action !== null) perform(action, game, settings);
      }
      request = requestAnimationFrame(poll);
    };
    window.addEventListener('keydown', press);
    request = requestAnimationFrame(poll);
    return () => {
      window.removeEventListener('keydown', press);
      cancelAnimationFrame(request);
    };
  }, [game, settings, play]);
}

function pointIn(element: HTMLElement, { clientX, clientY }: MouseEvent): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
