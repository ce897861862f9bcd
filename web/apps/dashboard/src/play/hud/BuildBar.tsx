import { Button } from '@keepwell/ui';
import { ToggleButton } from 'react-aria-components';

import { ACTION_NAMES } from '../input/actions';
import { useHud, useMatch } from './context';
import { Sprite } from './Sprite';
import { KeyHint } from './TopBar';
import { capitalised, factsOf } from './words';

/** The six towers with their prices, and what the one in hand does. */
export function BuildBar() {
  const { art, running } = useMatch();
  const { game } = running;
  const { hand, standing } = useHud();
  return (
    <div className="game-build">
      <div className="build-bar" role="group" aria-label="Towers to build">
        {game.parts.catalogue.towers.map(({ name, role, variants }, kind) => {
          const cost = variants[0]?.cost ?? 0;
          const isDear = cost > standing.gold;
          return (
            <ToggleButton
              key={name}
              className="build-choice"
              data-dear={isDear || undefined}
              aria-label={`${capitalised(name)}, ${cost} gold${isDear ? ', too dear now' : ''}. ${role}`}
              isSelected={hand === kind}
              isDisabled={standing.outcome !== 'playing'}
              onChange={() => {
                game.hold(kind);
              }}
            >
              <Sprite art={art} name={`tower/${name}/icon`} size={44} />
              <span className="build-name">{capitalised(name)}</span>
              <span className="build-price">
                <Sprite art={art} name="icon/gold" size={14} />
                {cost}
              </span>
              <KeyHint action={ACTION_NAMES.find((action) => action === `build-${kind + 1}`) ?? 'build-1'} />
            </ToggleButton>
          );
        })}
      </div>
      {hand === null ? null : <InHand kind={hand} />}
    </div>
  );
}

function InHand({ kind }: { readonly kind: number }) {
  const { running } = useMatch();
  const { game } = running;
  const { cursor, ghost } = useHud();
  const { catalogue } = game.parts;
  const tower = catalogue.towers[kind];
  const rule = tower?.variants[0];
  if (tower === undefined || rule === undefined) return null;
  return (
    <div className="in-hand">
      <p>
        <strong>{capitalised(tower.name)}.</strong> {tower.role}
      </p>
      <ul className="facts">
        {factsOf(rule, catalogue).map(({ name, value }) => (
          <li key={name}>
            {name} <strong>{value}</strong>
          </li>
        ))}
      </ul>
      {cursor === null ? null : (
        <Button
          emphasis="primary"
          isDisabled={ghost?.reason !== null}
          onPress={() => {
            game.choose();
          }}
        >
          {ghost?.reason ?? 'Build here'}
        </Button>
      )}
    </div>
  );
}
