import { Button } from '@keepwell/ui';

import type { CreepView } from '../game/creep-view';
import { useMatch } from './context';
import { Sprite } from './Sprite';
import { capitalised, withstands } from './labels';

/** The creep that the player looks at: its health as it falls, and what it withstands. */
export function CreepPanel({ creep }: { readonly creep: CreepView }) {
  const { art, match } = useMatch();
  const kind = match.state.parts.catalogue.creeps[creep.kind];
  if (kind === undefined) return null;
  const { name, trait, lives, bounty } = kind;
  return (
    <section aria-labelledby="creep-title">
      <div className="tower-head">
        <Sprite art={art} name={`creep/${name}/walk-0`} size={48} />
        <h2 className="side-title" id="creep-title">
          {capitalised(name)}
        </h2>
        <Button
          emphasis="quiet"
          aria-label="Close"
          onPress={() => {
            match.state.select(null);
          }}
        >
          <Sprite art={art} name="icon/close" size={16} />
        </Button>
      </div>
      <p className="side-label">{trait}</p>
      <ul className="facts">
        <li>
          Health{' '}
          <strong>
            {creep.health} of {creep.fullHealth}
          </strong>
        </li>
        {withstands(kind).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
        {creep.isSlowed ? <li>Slowed</li> : null}
        <li>
          Takes <strong>{lives === 1 ? '1 life' : `${lives} lives`}</strong>
        </li>
        <li>
          Worth <strong>{bounty} gold</strong>
        </li>
      </ul>
    </section>
  );
}
