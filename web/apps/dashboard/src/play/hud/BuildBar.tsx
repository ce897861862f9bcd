import { Button } from '@keepwell/ui';
import { ToggleButton } from 'react-aria-components';

import { ACTION_NAMES } from '../input/actions';
import { useHud, useMatch } from './context';
import { Sprite } from './Sprite';
import { KeyHint } from './TopBar';
import { capitalised, factsOf } from './labels';

/** The six towers with their prices, and what the one in placing does. */
export function BuildBar() {
  const { art, running } = useMatch();
  const { game } = running;
  const { placing, stats } = useHud();
  return (
    <div className="game-build">
      <div className="build-bar" role="group" aria-label="Towers to build">
        {game.parts.catalogue.towers.map(({ name, role, variants }, kind) => {
          const cost = variants[0]?.cost ?? 0;
          const isDear = cost > stats.gold;
          return (
            <ToggleButton
              key={name}
              className="build-choice"
              data-dear={isDear || undefined}
              aria-label={`${capitalised(name)}, ${cost} gold${isDear ? ', too dear now' : ''}. ${role}`}
              isSelected={placing === kind}
              isDisabled={stats.outcome !== 'playing'}
              onChange={() => {
                game.togglePlacing(kind);
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
      {placing === null ? null : <PlacingPanel kind={placing} />}
    </div>
  );
}

function PlacingPanel({ kind }: { readonly kind: number }) {
  const { running } = useMatch();
  const { game } = running;
  const { cursor, ghost } = useHud();
  const { catalogue } = game.parts;
  const tower = catalogue.towers[kind];
  const rule = tower?.variants[0];
  if (tower === undefined || rule === undefined) return null;
  return (
    <div className="in-placing">
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
            game.confirm();
          }}
        >
          {ghost?.reason ?? 'Build here'}
        </Button>
      )}
    </div>
  );
}
