import { useHud, useMatch } from './context';
import { CreepPanel } from './CreepPanel';
import { Sprite } from './Sprite';
import { TowerPanel } from './TowerPanel';
import { gateName } from '../core/map';
import { PhysicsPanel } from './PhysicsPanel';
import { capitalised, comingCreeps, withstands } from './labels';

/** The selected tower, the creep that the player looks at, or else the next wave; above it the physics, if shown. */
export function SidePanel() {
  const { tower, creep } = useHud();
  const panel = creep === null ? <WavePanel /> : <CreepPanel creep={creep} />;
  return (
    <aside className="game-side">
      <PhysicsPanel />
      {tower === null ? panel : <TowerPanel tower={tower} />}
    </aside>
  );
}

function WavePanel() {
  const { art, match } = useMatch();
  const { plan, stats } = useHud();
  const { creeps } = match.state.parts.catalogue;
  const coming = plan === null ? [] : comingCreeps(plan);
  return (
    <section aria-labelledby="next-wave-title">
      <h2 className="side-title" id="next-wave-title">
        {coming.length === 0 ? 'No more waves' : `Wave ${stats.wave + 1} brings`}
      </h2>
      <ul className="wave-groups">
        {coming.map(({ kind, spawn, count, health }) => {
          const creep = creeps[kind];
          const gate = gateName(match.loadedMap.map, spawn);
          return creep === undefined ? null : (
            <li key={`${kind} ${spawn}`}>
              <Sprite art={art} name={`creep/${creep.name}/walk-0`} size={36} />
              <span>
                <strong>
                  {capitalised(creep.name)} × {count}
                </strong>
                {gate === null ? null : <small>{gate}</small>}
                <small>Health {health}</small>
                <small>{creep.trait}</small>
                <small>{withstands(creep).join(', ')}</small>
              </span>
            </li>
          );
        })}
      </ul>
      <dl className="wave-tally">
        <div>
          <dt>On the map</dt>
          <dd>{stats.creeps}</dd>
        </div>
        <div>
          <dt>Defeated</dt>
          <dd>{stats.killed}</dd>
        </div>
        <div>
          <dt>Got through</dt>
          <dd>{stats.leaked}</dd>
        </div>
      </dl>
    </section>
  );
}
