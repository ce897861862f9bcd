import { boardScene, type BoardView } from '../render/board';
import type { BoardArt } from '../render/board-art';
import type { Size } from '../render/camera';
import { debugScene, type CoreView } from '../render/debug';
import { Effects } from '../render/effects';
import type { Between } from '../render/interpolation';
import { draw } from '../render/scene';
import type { Art } from './art';
import type { MatchState } from './match-state';
import { towerOn } from './hud-state';

/** Milliseconds from frame to frame, and how many of them drawing took; both smoothed. */
export interface DrawingTimes {
  frame: number;
  drawing: number;
}

export interface DrawingParts {
  readonly state: MatchState;
  readonly art: Art;
  readonly ground: HTMLImageElement;
  /** Updated with each frame. */
  readonly times: DrawingTimes;
  /** Whether the player prefers reduced motion. */
  readonly isCalm: boolean;
  /** Draws the ground faintly, and a ring around each creep. */
  readonly highContrast: boolean;
}

const SMOOTHING = 0.1;
const MAX_PIXEL_RATIO = 2;

/** Draws a match on a canvas, frame by frame. Never changes the match. */
export class BoardDrawing {
  /** The core's answers for the debug overlay. */
  private view: CoreView = { field: null, pushes: null };
  private readonly state: MatchState;
  private readonly isCalm: boolean;
  private readonly times: DrawingTimes;
  private readonly art: BoardArt;
  private readonly effects: Effects;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;
  private last = 0;
  private fieldWalls = -1;
  private pushesTick = -1;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    { state, art, ground, times, isCalm, highContrast }: DrawingParts,
  ) {
    this.state = state;
    this.isCalm = isCalm;
    this.times = times;
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This browser cannot draw on a canvas.');
    this.context = context;
    const { catalogue, map } = state.parts;
    this.art = { atlas: art.atlas, catalogue, map, ground, highContrast };
    this.effects = new Effects(art.atlas, catalogue, isCalm);
    state.onSnapshot = (snapshot, now) => {
      this.effects.add(snapshot, now);
    };
  }

  resize(size: Size, pixelRatio: number): void {
    this.ratio = Math.min(pixelRatio, MAX_PIXEL_RATIO);
    this.canvas.width = Math.max(Math.round(size.width * this.ratio), 1);
    this.canvas.height = Math.max(Math.round(size.height * this.ratio), 1);
    this.state.view.resize(size);
  }

  frame(now: number, background: string): void {
    const began = performance.now();
    const between = this.state.timeline.at(began, this.state.ticksPerMillisecond);
    this.clear(background);
    if (between !== null) {
      const scene = boardScene(this.art, between, this.boardView(between, began), this.isCalm ? 0 : now);
      draw(this.context, scene, this.state.view.matrix(this.ratio));
    }
    this.recordTimes(now, performance.now() - began);
  }

  /** The parts of the HUD state that are drawn on the board. */
  private boardView(between: Between, now: number): BoardView {
    const { cursor, placing, ghost, tower, creep, plan, stats, debug } = this.state.hud.get();
    if (debug) this.refreshField(stats.walls);
    if (debug) this.refreshPushes(between.newer.score.tick);
    const isBetweenWaves = stats.cleared === stats.wave && stats.outcome === 'playing';
    const isOnTower =
      cursor !== null && towerOn(between.newer, cursor, this.state.parts.catalogue.cell) !== null;
    const isRefused = (ghost?.reason ?? null) !== null;
    const detour = placing !== null && ghost?.reason === null ? ghost.ways : null;
    return {
      cursor,
      ghost: placing === null || isOnTower ? null : { kind: placing, isRefused },
      selected: tower?.uid ?? null,
      watched: creep?.uid ?? null,
      paths: detour ?? (isBetweenWaves ? (plan?.ways ?? []) : []),
      debug: debug ? debugScene(this.art, between, this.view) : null,
      effects: this.effects.nodes(now),
    };
  }

  private clear(background: string): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.globalAlpha = 1;
    this.context.fillStyle = background;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private refreshField(walls: number): void {
    if (walls === this.fieldWalls) return;
    this.fieldWalls = walls;
    void this.state.parts.client.ask('field').then((field) => {
      this.view = { ...this.view, field };
    });
  }

  private refreshPushes(tick: number): void {
    if (tick === this.pushesTick) return;
    this.pushesTick = tick;
    void this.state.parts.client.ask('pushes').then((pushes) => {
      this.view = { ...this.view, pushes };
    });
  }

  private recordTimes(now: number, drawing: number): void {
    const { times } = this;
    times.frame += (now - this.last - times.frame) * SMOOTHING;
    times.drawing += (drawing - times.drawing) * SMOOTHING;
    this.last = now;
  }
}
