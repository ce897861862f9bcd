import type { Game } from '../game/game';
import type { Art } from '../game/art';
import { boardScene, type BoardArt } from './board';
import type { Size } from './camera';
import { debugScene } from './debug';
import { Effects } from './effects';
import { draw } from './scene';

/** Milliseconds between frames, and of them those that drawing took; smoothed. */
export interface DrawingTimes {
  frame: number;
  drawing: number;
}

const SMOOTHING = 0.1;
const LARGEST_RATIO = 2;

/** Draws a game on a canvas, frame after frame; it only looks at the match. */
export class BoardDrawing {
  readonly times: DrawingTimes = { frame: 0, drawing: 0 };
  private readonly art: BoardArt;
  private readonly effects: Effects;
  private readonly context: CanvasRenderingContext2D;
  private ratio = 1;
  private last = 0;
  private field: Int32Array | null = null;
  private fieldOfWalls = -1;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly game: Game,
    art: Art,
    ground: HTMLImageElement,
    private readonly isCalm: boolean,
  ) {
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
    const between = this.game.timeline.at(began, this.game.rate);
    this.clear(background);
    if (between !== null) {
      const hud = this.game.hud.get();
      if (hud.debug) this.refreshField(hud.standing.walls);
      const isQuiet = hud.standing.cleared === hud.standing.wave && hud.standing.outcome === 'playing';
      const ghostWays = hud.hand !== null && hud.ghost?.reason === null ? hud.ghost.ways : null;
      const view = {
        cursor: hud.cursor,
        ghost: hud.hand === null ? null : { kind: hud.hand, isRefused: (hud.ghost?.reason ?? null) !== null },
        selected: hud.tower?.uid ?? null,
        ways: ghostWays ?? (isQuiet ? (hud.plan?.ways ?? []) : []),
        debug: hud.debug ? debugScene(this.art, between, this.field) : null,
        effects: this.effects.nodes(began),
      };
      draw(
        this.context,
        boardScene(this.art, between, view, this.isCalm ? 0 : now),
        this.game.view.matrix(this.ratio),
      );
    }
    this.note(now, performance.now() - began);
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
