import type { Art } from '../game/art';
import { MAX_STARS } from '../game/stars';
import { Sprite } from './Sprite';

export interface StarsProps {
  readonly art: Art;
  readonly count: number;
  readonly size: number;
}

/** The stars of a map: those that are won, and those that are not. */
export function Stars({ art, count, size }: StarsProps) {
  return (
    <span className="stars" role="img" aria-label={`${count} of ${MAX_STARS} stars`}>
      {Array.from({ length: MAX_STARS }, (_, star) => (
        <span key={star} className={star < count ? undefined : 'star-missing'}>
          <Sprite art={art} name={star < count ? 'icon/star' : 'icon/star-empty'} size={size} />
        </span>
      ))}
    </span>
  );
}
