import { Button, SegmentedControl } from '@keepwell/ui';

import { towerRule } from '../core/catalogue';
import type { TowerView } from '../game/hud-state';
import { useHud, useMatch } from './context';
import { Sprite } from './Sprite';
import { KeyHint } from './TopBar';
import { capitalised, factsOf, upgradeEffects, towerTitle } from './labels';

/** The selected tower: its facts, targeting, upgrades and sale. */
export function TowerPanel({ tower }: { readonly tower: TowerView }) {
  const { art, match } = useMatch();
  const { state } = match;
  const { catalogue } = state.parts;
  const kind = catalogue.towers[tower.kind];
  if (kind === undefined) return null;
  const rule = towerRule(catalogue, tower.kind, tower.variant);
  return (
    <section aria-labelledby="tower-title">
      <div className="tower-head">
        <Sprite art={art} name={`tower/${kind.name}/icon`} size={48} />
        <h2 className="side-title" id="tower-title">
          {towerTitle(kind, tower.variant)}
        </h2>
        <Button
          emphasis="quiet"
          aria-label="Close"
          onPress={() => {
            state.select(null);
          }}
        >
          <Sprite art={art} name="icon/close" size={16} />
        </Button>
      </div>
      <ul className="facts">
        {factsOf(rule, catalogue).map(({ name, value }) => (
          <li key={name}>
            {name} <strong>{value}</strong>
          </li>
        ))}
        {tower.boost > 0 ? (
          <li>
            Beacon adds <strong>{tower.boost}%</strong>
          </li>
        ) : null}
        <li>
          Kills <strong>{tower.kills}</strong>
        </li>
      </ul>
      {rule.damage > 0 ? <Targeting tower={tower} /> : null}
      <Upgrades tower={tower} />
      <Button
        onPress={() => {
          state.orders.sell();
        }}
      >
        <Sprite art={art} name="icon/sell" size={18} />
        Sell for {tower.offers?.refund ?? '…'}
        <KeyHint action="sell" />
      </Button>
    </section>
  );
}

function Targeting({ tower }: { readonly tower: TowerView }) {
  const { match } = useMatch();
  const { targetings } = match.state.parts.catalogue;
  const choices = targetings.map((name) => ({ id: name, label: capitalised(name) }));
  return (
    <div className="targeting">
      <span className="side-label">
        Aims at <KeyHint action="target" />
      </span>
      <SegmentedControl
        label="Aims at"
        choices={choices}
        value={targetings[tower.targeting] ?? 'first'}
        onChange={(name) => {
          match.state.orders.setTargeting(targetings.indexOf(name));
        }}
      />
    </div>
  );
}

const UPGRADES = ['upgrade', 'upgrade-second'] as const;

function Upgrades({ tower }: { readonly tower: TowerView }) {
  const { art, match } = useMatch();
  const { stats } = useHud();
  const { catalogue } = match.state.parts;
  const kind = catalogue.towers[tower.kind];
  const now = towerRule(catalogue, tower.kind, tower.variant);
  if (kind === undefined || tower.offers === null) return null;
  if (tower.offers.variants.length === 0) return <p className="side-label">Fully upgraded.</p>;
  return (
    <ul className="upgrades">
      {tower.offers.variants.map((variant, branch) => {
        const price = tower.offers?.prices[branch] ?? 0;
        const effects = upgradeEffects(now, towerRule(catalogue, tower.kind, variant), catalogue);
        return (
          <li key={variant}>
            <Button
              emphasis="primary"
              isDisabled={price > stats.gold || stats.outcome !== 'playing'}
              onPress={() => {
                match.state.orders.upgrade(branch);
              }}
            >
              <Sprite art={art} name="icon/upgrade" size={18} />
              {towerTitle(kind, variant)} for {price}
              <KeyHint action={UPGRADES[branch] ?? 'upgrade'} />
            </Button>
            <ul className="steps">
              {effects.map(({ name, before, after }) => (
                <li key={name}>
                  {name} {before === null ? '' : `${before} → `}
                  <strong>{after}</strong>
                </li>
              ))}
            </ul>
          </li>
        );
      })}
    </ul>
  );
}
