import { Tag } from '@keepwell/ui';
import { RadioButton, RadioField, RadioGroup } from 'react-aria-components';

import type { Catalogue } from '../core/catalogue';
import { groundUrl, type Art } from '../game/art';
import { starsMissing } from '../game/stars';
import { bestOf, type Stars as StarsByMap } from '../state/progress';
import { Stars } from './Stars';

export interface MapCardsProps {
  readonly art: Art;
  /** Null until the core has loaded: then all maps look open, but none can be played yet. */
  readonly catalogue: Catalogue | null;
  readonly stars: StarsByMap;
  readonly chosen: string;
  readonly kept: ReadonlySet<string>;
  readonly onChoose: (id: string) => void;
}

/** The maps with their stars; a map that is not open yet says how many are missing. */
export function MapCards({ art, catalogue, stars, chosen, kept, onChoose }: MapCardsProps) {
  return (
    <RadioGroup className="map-cards" aria-label="Map" value={chosen} onChange={onChoose}>
      {art.maps.map(({ map }) => {
        const missing = catalogue === null ? 0 : starsMissing(map, { stars, kept }, catalogue);
        return (
          <RadioField key={map.id} value={map.id} className="map-field" isDisabled={missing > 0}>
            <RadioButton className="map-card">
              <img className="map-picture" src={groundUrl(art.folder, map)} alt="" loading="lazy" />
              <span className="map-label">
                <strong>
                  {map.order}. {map.name}
                </strong>
                <Stars art={art} count={bestOf(stars, map.id)} size={16} />
                <span className="muted">
                  {missing > 0
                    ? `Opens with ${missing} more ${missing === 1 ? 'star' : 'stars'}`
                    : `${map.waves.length} waves, ${entrances(map.spawns.length)}`}
                </span>
                {kept.has(map.id) ? <Tag tone="neutral">Saved</Tag> : null}
              </span>
            </RadioButton>
          </RadioField>
        );
      })}
    </RadioGroup>
  );
}

function entrances(count: number): string {
  return count === 1 ? 'one entrance' : `${count} entrances`;
}
