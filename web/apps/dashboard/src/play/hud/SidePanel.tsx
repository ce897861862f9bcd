import { useHud, useMatch } from './context';
import { CreepPanel } from './CreepPanel';
import { Sprite } from './Sprite';
import { TowerPanel } from './TowerPanel';
import { capitalised, creepCounts, withstands } from './labels';

/** The selected tower, the creep that the player looks at, or else the next wave. */
export function SidePanel() {
  const { tower, creep } = useHud();
  const panel = creep === null ? <WavePanel /> : <CreepPanel creep={creep} />;
  return <aside className="game-side">{tower === null ? panel : <TowerPanel tower={tower} />}</aside>;
}

function WavePanel() {
  const { art, match } = useMatch();
  const { plan, stats } = useHud();
  const { creeps } = match.state.parts.catalogue;
  const groups = plan?.groups ?? [];
  return (
    <section aria-labelledby="next-wave-title">
      <h2 className="side-title" id="next-wave-title">
        {groups.length === 0 ? 'No more waves' : `Wave ${stats.wave + 1} brings`}
      </h2>
      <ul className="wave-groups">
        {creepCounts(groups).map(({ kind, count }) => {
          const creep = creeps[kind];
          return creep === undefined ? null : (
            <li key={kind}>
              <Sprite art={art} name={`creep/${creep.name}/walk-0`} size={36} />
              <span>
                <strong>
                  {capitalised(creep.name)} × {count}
                </strong>
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
