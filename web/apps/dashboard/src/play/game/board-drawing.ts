import { boardScene, type BoardView } from '../render/board';
import type { BoardArt } from '../render/board-art';
import type { Size } from '../render/camera';
import { debugScene } from '../render/debug';
import { Effects } from '../render/effects';
import type { Between } from '../render/interpolation';
import { draw } from '../render/scene';
import type { Art } from './art';
import type { MatchState } from './match-state';
import { towerOn } from './hud-state';

/** Milliseconds between frames, and of them those that drawing took; smoothed. */
export interface DrawingTimes {
  frame: number;
  drawing: number;
}

export interface DrawingParts {
  readonly game: MatchState;
  readonly art: Art;
  readonly ground: HTMLImageElement;
  /** Kept up to date with each frame. */
  readonly times: DrawingTimes;
  /** Whether the player wants little motion. */
  readonly isCalm: boolean;
}

const SMOOTHING = 0.1;
const LARGEST_RATIO = 2;

/** Draws a game on a canvas, frame after frame; it only looks at the match. */
export class BoardDrawing {
  private readonly game: MatchState;
  private readonly isCalm: boolean;
  private readonly times: DrawingTimes;
  private readonly art: BoardArt;
  private readonly effects: Effects;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;
  private last = 0;
  private field: Int32Array | null = null;
  private fieldOfWalls = -1;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    { game, art, ground, times, isCalm }: DrawingParts,
  ) {
    this.game = game;
    this.isCalm = isCalm;
    this.times = times;
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('This browser draws on no canvas.');
    this.context = context;
    const { catalogue, map } = game.parts;
    this.art = { atlas: art.atlas, catalogue, map, ground };
    this.effects = new Effects(art.atlas, catalogue, isCalm);
    game.onSnapshot = (snapshot, now) => {
      this.effects.add(snapshot, now);
    };
  }

  resize(size: Size, pixelRatio: number): void {
    this.ratio = Math.min(pixelRatio, LARGEST_RATIO);
    this.canvas.width = Math.max(Math.round(size.width * this.ratio), 1);
    this.canvas.height = Math.max(Math.round(size.height * this.ratio), 1);
    this.game.view.resize(size);
  }

  frame(now: number, background: string): void {
    const began = performance.now();
    const between = this.game.timeline.at(began, this.game.ticksPerMillisecond);
    this.clear(background);
    if (between !== null) {
      const scene = boardScene(this.art, between, this.look(between, began), this.isCalm ? 0 : now);
      draw(this.context, scene, this.game.view.matrix(this.ratio));
    }
    this.note(now, performance.now() - began);
  }

  /** What of the page's own state is drawn with the match. */
  private look(between: Between, now: number): BoardView {
    const { cursor, placing, ghost, tower, plan, stats, debug } = this.game.hud.get();
    if (debug) this.refreshField(stats.walls);
    const isQuiet = stats.cleared === stats.wave && stats.outcome === 'playing';
    const isOnTower =
      cursor !== null && towerOn(between.newer, cursor, this.game.parts.catalogue.cell) !== null;
    const isRefused = (ghost?.reason ?? null) !== null;
    const waysAround = placing !== null && ghost?.reason === null ? ghost.ways : null;
    return {
      cursor,
      ghost: placing === null || isOnTower ? null : { kind: placing, isRefused },
      selected: tower?.uid ?? null,
      ways: waysAround ?? (isQuiet ? (plan?.ways ?? []) : []),
      debug: debug ? debugScene(this.art, between, this.field) : null,
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
    if (walls === this.fieldOfWalls) return;
    this.fieldOfWalls = walls;
    void this.game.parts.client.ask('field').then((field) => {
      this.field = field;
    });
  }

  private note(now: number, drawing: number): void {
    const { times } = this;
    times.frame += (now - this.last - times.frame) * SMOOTHING;
    times.drawing += (drawing - times.drawing) * SMOOTHING;
    this.last = now;
  }
}
