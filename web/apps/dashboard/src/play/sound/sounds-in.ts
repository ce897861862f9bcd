import { isChilling, type Catalogue } from '../core/catalogue';
import { at, type Snapshot } from '../core/snapshot';

/** The sounds of a snapshot's events, each once. */
export function soundsIn(
  { events: { count, columns } }: Snapshot,
  catalogue: Catalogue,
): ReadonlySet<string> {
  const sounds = new Set<string>();
  for (let row = 0; row < count; row++) {
    const sound = soundOf(at(columns.kind, row), at(columns.a, row), catalogue);
    if (sound !== '') sounds.add(sound);
  }
  return sounds;
}

/** Empty if nothing is heard. */
function soundOf(kind: number, a: number, { events, towers }: Catalogue): string {
  switch (kind) {
    case events.fired:
      return towers[a]?.sound ?? '';
    case events.hit:
      return 'hit';
    case events.burst:
      return isChilling(towers[a]) ? 'frost' : 'explosion';
    case events.died:
      return 'death';
    case events.leaked:
      return 'leak';
    case events.wave_began:
      return 'wave';
    default:
      return '';
  }
}
