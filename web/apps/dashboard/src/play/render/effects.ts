import type { Catalogue } from '../core/catalogue';
import { at, type Snapshot } from '../core/snapshot';
import type { Atlas } from './atlas';
import { label, lightning, PALETTE } from './paints';
import { group, node, type Node } from './scene';

/** Something that is seen for a while; `draw` is given how much of it has passed, 0 to 1. */
interface Effect {
  readonly began: number;
  readonly lasts: number;
  readonly draw: (passed: number) => Node;
}

const MOST_EFFECTS = 160;
const FRAME_MILLISECONDS = 60;
const ARC_MILLISECONDS = 160;
const RISE_MILLISECONDS = 900;
/** Hits are many: the sparks of more than so many in a snapshot are left out. */
const MOST_HITS = 24;

/** Sparks, explosions, lightning and coins, begun by what the core tells and forgotten by themselves. */
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
      const place = { x: this.cells(at(x, row)), y: this.cells(at(y, row)) };
      const number = at(kind, row);
      if (number === this.catalogue.events.hit && ++hits > MOST_HITS) continue;
      const effect = this.effect(number, place, at(a, row), at(b, row), now);
      if (effect !== null) this.effects.push(effect);
    }
    this.effects = this.effects.slice(-MOST_EFFECTS);
  }

  nodes(now: number): Node {
    this.effects = this.effects.filter(({ began, lasts }) => now < began + lasts);
    return group(this.effects.map(({ began, lasts, draw }) => draw(Math.max(now - began, 0) / lasts)));
  }

  clear(): void {
    this.effects = [];
  }

  private effect(kind: number, place: Place, a: number, b: number, began: number): Effect | null {
    const { events } = this.catalogue;
    switch (kind) {
      case events.hit:
        return this.isCalm ? null : this.frames('effect/hit', 3, place, 0.6, began);
      case events.burst:
        return this.burst(place, a, b, began);
      case events.arc:
        return this.arc(place, a, b, began);
      case events.died:
        return this.rising(place, 'effect/coin', `+${b}`, PALETTE.yellow, began);
      case events.leaked:
        return this.rising(place, 'effect/heart', `−${b}`, '#fff', began);
      case events.healed:
        return this.isCalm ? null : this.rising(place, 'effect/heal', '', '#fff', began);
      default:
        return null;
    }
  }

  private burst(place: Place, kind: number, radius: number, began: number): Effect {
    const scale = (2 * this.cells(radius)) / EXPLOSION_CELLS;
    const isFrost = this.catalogue.towers[kind]?.name === 'frost';
    return isFrost
      ? this.frames('effect/frost', 4, place, scale, began)
      : this.frames('effect/explosion', 6, place, scale, began);
  }

  private arc(place: Place, toX: number, toY: number, began: number): Effect {
    const seed = Math.random();
    const paint = lightning(this.cells(toX) - place.x, this.cells(toY) - place.y, seed);
    return {
      began,
      lasts: ARC_MILLISECONDS,
      draw: (passed) => node({ ...place, alpha: 1 - passed * passed }, paint),
    };
  }

  private frames(name: string, count: number, place: Place, scale: number, began: number): Effect {
    return {
      began,
      lasts: count * FRAME_MILLISECONDS,
      draw: (passed) => {
        const frame = Math.min(Math.floor(passed * count), count - 1);
        return node({ ...place, scale }, this.atlas.paint(`${name}-${frame}`));
      },
    };
  }

  private rising(place: Place, sprite: string, text: string, colour: string, began: number): Effect {
    const said = label(text, colour);
    return {
      began,
      lasts: RISE_MILLISECONDS,
      draw: (passed) =>
        group(
          [
            node({ scale: 0.6, x: text === '' ? 0 : -0.3 }, this.atlas.paint(sprite)),
            node({ x: 0.25 }, said),
          ],
          { x: place.x, y: place.y - 0.3 - 0.8 * passed, alpha: 1 - passed ** 3 },
        ),
    };
  }

  private cells(units: number): number {
    return units / this.catalogue.cell;
  }
}

/** An effect's frame is 128 pixels of a cell's 96; what is drawn in it fills it nearly. */
const EXPLOSION_CELLS = 1.2;

interface Place {
  readonly x: number;
  readonly y: number;
}
