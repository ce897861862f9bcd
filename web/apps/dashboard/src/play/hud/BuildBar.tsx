import { Button } from '@keepwell/ui';
import { ToggleButton } from 'react-aria-components';

import { towerKeyHint } from '../input/input-map';
import { useHud, useMatch, useSettings } from './context';
import { Sprite } from './Sprite';
import { KeyName } from './TopBar';
import { capitalised, factsOf } from './labels';

/** The towers with their prices, and the description of the one being placed. */
export function BuildBar() {
  const { art, match } = useMatch();
  const { state } = match;
  const { placing, stats } = useHud();
  const { input } = useSettings();
  return (
    <div className="game-build">
      <div className="build-bar" role="group" aria-label="Towers to build">
        {state.parts.catalogue.towers.map(({ name, role, variants }, kind) => {
          const cost = variants[0]?.cost ?? 0;
          const isTooExpensive = cost > stats.gold;
          return (
            <ToggleButton
              key={name}
              className="build-choice"
              data-too-expensive={isTooExpensive || undefined}
              aria-label={`${capitalised(name)}, ${cost} gold${isTooExpensive ? ', not enough gold' : ''}. ${role}`}
              isSelected={placing === kind}
              isDisabled={stats.outcome !== 'playing'}
              onChange={() => {
                state.togglePlacing(kind);
              }}
            >
              <Sprite art={art} name={`tower/${name}/icon`} size={44} />
              <span className="build-name">{capitalised(name)}</span>
              <span className="build-price">
                <Sprite art={art} name="icon/gold" size={14} />
                {cost}
              </span>
              <KeyName name={towerKeyHint(input, kind)} />
            </ToggleButton>
          );
        })}
      </div>
      {placing === null ? null : <PlacingPanel kind={placing} />}
    </div>
  );
}

function PlacingPanel({ kind }: { readonly kind: number }) {
  const { match } = useMatch();
  const { state } = match;
  const { cursor, ghost } = useHud();
  const { catalogue } = state.parts;
  const tower = catalogue.towers[kind];
  const rule = tower?.variants[0];
  if (tower === undefined || rule === undefined) return null;
  const isOnTower = cursor !== null && state.towerAt(cursor) !== null;
  return (
    <div className="placing-panel">
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
          isDisabled={!isOnTower && ghost?.reason !== null}
          onPress={() => {
            state.confirm();
          }}
        >
          {isOnTower ? 'Select this tower' : (ghost?.reason ?? 'Build here')}
        </Button>
      )}
    </div>
  );
}
