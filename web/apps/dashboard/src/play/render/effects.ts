import { isChilling, type Catalogue } from '../core/catalogue';
import { at, type Snapshot } from '../core/snapshot';
import type { Atlas } from './atlas';
import { label, lightning, PALETTE } from './paints';
import { group, node, type Node } from './scene';

/** A short animation; `draw` gets the elapsed share of it, 0 to 1. */
interface Effect {
  readonly start: number;
  readonly duration: number;
  readonly draw: (elapsed: number) => Node;
}

const MAX_EFFECTS = 160;
const FRAME_MILLISECONDS = 60;
const ARC_MILLISECONDS = 160;
const RISE_MILLISECONDS = 900;
/** At most this many hits of a snapshot are drawn. */
const MAX_HITS = 24;

/** Sparks, explosions, lightning and coins: started by the core's events, dropped when they are over. */
export class Effects {
  private effects: Effect[] = [];

  constructor(
    private readonly atlas: Atlas,
    private readonly catalogue: Catalogue,
    private readonly isCalm: boolean,
  ) {}

  add({ events }: Snapshot, now: number): void {
    const { kind, x, y, a, b } = events.columns;
    let hits = 0;
    for (let row = 0; row < events.count; row++) {
      const position = { x: this.cells(at(x, row)), y: this.cells(at(y, row)) };
      const number = at(kind, row);
      if (number === this.catalogue.events.hit && ++hits > MAX_HITS) continue;
      const effect = this.effect(number, position, at(a, row), at(b, row), now);
      if (effect !== null) this.effects.push(effect);
    }
    this.effects = this.effects.slice(-MAX_EFFECTS);
  }

  nodes(now: number): Node {
    this.effects = this.effects.filter(({ start, duration }) => now < start + duration);
    return group(this.effects.map(({ start, duration, draw }) => draw(Math.max(now - start, 0) / duration)));
  }

  clear(): void {
    this.effects = [];
  }

  private effect(kind: number, position: Point, a: number, b: number, start: number): Effect | null {
    const { events } = this.catalogue;
    switch (kind) {
      case events.hit:
        return this.isCalm ? null : this.frames('effect/hit', 3, position, 0.6, start);
      case events.burst:
        return this.burst(position, a, b, start);
      case events.arc:
        return this.arc(position, a, b, start);
      case events.died:
        return this.rising(position, 'effect/coin', `+${b}`, PALETTE.yellow, start);
      case events.leaked:
        return this.rising(position, 'effect/heart', `−${b}`, '#fff', start);
      case events.healed:
        return this.isCalm ? null : this.rising(position, 'effect/heal', '', '#fff', start);
      default:
        return null;
    }
  }

  private burst(position: Point, kind: number, radius: number, start: number): Effect {
    const scale = (2 * this.cells(radius)) / EXPLOSION_CELLS;
    const isFrost = isChilling(this.catalogue.towers[kind]);
    return isFrost
      ? this.frames('effect/frost', 4, position, scale, start)
      : this.frames('effect/explosion', 6, position, scale, start);
  }

  private arc(position: Point, toX: number, toY: number, start: number): Effect {
    const seed = Math.random();
    const paint = lightning(this.cells(toX) - position.x, this.cells(toY) - position.y, seed);
    return {
      start,
      duration: ARC_MILLISECONDS,
      draw: (elapsed) => node({ ...position, alpha: 1 - elapsed * elapsed }, paint),
    };
  }

  private frames(name: string, count: number, position: Point, scale: number, start: number): Effect {
    return {
      start,
      duration: count * FRAME_MILLISECONDS,
      draw: (elapsed) => {
        const frame = Math.min(Math.floor(elapsed * count), count - 1);
        return node({ ...position, scale }, this.atlas.paint(`${name}-${frame}`));
      },
    };
  }

  private rising(position: Point, sprite: string, text: string, colour: string, start: number): Effect {
    const caption = label(text, colour);
    return {
      start,
      duration: RISE_MILLISECONDS,
      draw: (elapsed) =>
        group(
          [
            node({ scale: 0.6, x: text === '' ? 0 : -0.3 }, this.atlas.paint(sprite)),
            node({ x: 0.25 }, caption),
          ],
          { x: position.x, y: position.y - 0.3 - 0.8 * elapsed, alpha: 1 - elapsed ** 3 },
        ),
    };
  }

  private cells(units: number): number {
    return units / this.catalogue.cell;
  }
}

/** An explosion's frame is 128 pixels wide, a cell 96; the drawing nearly fills the frame. */
const EXPLOSION_CELLS = 1.2;

interface Point {
  readonly x: number;
  readonly y: number;
}
