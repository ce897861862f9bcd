import type { Paint } from './scene';

interface Frame {
  readonly frame: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** TexturePacker's "hash" format, with the pixels of a cell. */
export interface AtlasDescription {
  readonly frames: Readonly<Record<string, Frame>>;
  readonly meta: { readonly cell: number };
}

/** The game's sprites: each drawn with its middle on its node's origin, as large in cells as it was made. */
export class Atlas {
  private readonly paints = new Map<string, Paint>();

  constructor(
    private readonly image: CanvasImageSource,
    private readonly description: AtlasDescription,
  ) {}

  paint(name: string): Paint {
    const known = this.paints.get(name);
    if (known !== undefined) return known;
    const paint = this.painting(name);
    this.paints.set(name, paint);
    return paint;
  }

  /** Where a frame is in the picture, for those who show it as part of a page. */
  frame(name: string): Frame['frame'] {
    const found = this.description.frames[name];
    if (found === undefined) throw new Error(`The atlas has no frame ${JSON.stringify(name)}.`);
    return found.frame;
  }

  private painting(name: string): Paint {
    const { x, y, w, h } = this.frame(name);
    const width = w / this.description.meta.cell;
    const height = h / this.description.meta.cell;
    return (context) => {
      context.drawImage(this.image, x, y, w, h, -width / 2, -height / 2, width, height);
    };
  }
}
