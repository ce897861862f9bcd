import type { Paint } from './scene';

interface Frame {
  readonly frame: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** TexturePacker's "hash" format, with the number of pixels per cell. */
export interface AtlasDescription {
  readonly frames: Readonly<Record<string, Frame>>;
  readonly meta: { readonly cell: number };
}

/** The game's sprites. Each is drawn centered on its node's origin, at its original size in cells. */
export class Atlas {
  private readonly paints = new Map<string, Paint>();

  constructor(
    private readonly image: CanvasImageSource,
    private readonly description: AtlasDescription,
  ) {}

  paint(name: string): Paint {
    const known = this.paints.get(name);
    if (known !== undefined) return known;
    const paint = this.createPaint(name);
    this.paints.set(name, paint);
    return paint;
  }

  /** The position of a frame in the picture, for showing it as part of the page. */
  frame(name: string): Frame['frame'] {
    const found = this.description.frames[name];
    if (found === undefined) throw new Error(`The atlas has no frame ${JSON.stringify(name)}.`);
    return found.frame;
  }

  private createPaint(name: string): Paint {
    const { x, y, w, h } = this.frame(name);
    const width = w / this.description.meta.cell;
    const height = h / this.description.meta.cell;
    return (context) => {
      context.drawImage(this.image, x, y, w, h, -width / 2, -height / 2, width, height);
    };
  }
}
