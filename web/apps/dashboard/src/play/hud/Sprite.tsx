import type { Art } from '../game/art';

export interface SpriteProps {
  readonly art: Art;
  readonly name: string;
  /** Length of the longer side, in pixels. */
  readonly size: number;
}

/** A frame of the game's atlas as part of the page; hidden from screen readers. */
export function Sprite({ art, name, size }: SpriteProps) {
  const { x, y, w, h } = art.atlas.frame(name);
  const scale = size / Math.max(w, h);
  const { naturalWidth, naturalHeight, src } = art.atlasImage;
  return (
    <span
      className="sprite"
      aria-hidden="true"
      style={{
        width: w * scale,
        height: h * scale,
        backgroundImage: `url("${src}")`,
        backgroundSize: `${naturalWidth * scale}px ${naturalHeight * scale}px`,
        backgroundPosition: `${-x * scale}px ${-y * scale}px`,
      }}
    />
  );
}
