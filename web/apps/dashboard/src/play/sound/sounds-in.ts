import type { Catalogue } from '../core/catalogue';
import { at, type Snapshot } from '../core/snapshot';
import type { SoundName } from './sound';

/** The sounds of a snapshot's events, each once. */
export function soundsIn(
  { events: { count, columns } }: Snapshot,
  catalogue: Catalogue,
): ReadonlySet<SoundName> {
  const sounds = new Set<SoundName>();
  for (let row = 0; row < count; row++) {
    const sound = soundOf(at(columns.kind, row), at(columns.a, row), catalogue);
    if (sound !== null) sounds.add(sound);
  }
  return sounds;
}

function soundOf(kind: number, a: number, { events, towers }: Catalogue): SoundName | null {
  switch (kind) {
    case events.fired: {
      const name = towers[a]?.name ?? 'beacon';
      return name === 'beacon' ? null : name;
    }
    case events.hit:
      return 'hit';
    case events.burst:
      return towers[a]?.name === 'frost' ? 'frost' : 'explosion';
    case events.died:
      return 'death';
    case events.leaked:
      return 'leak';
    case events.wave_began:
      return 'wave';
    default:
      return null;
  }
}
