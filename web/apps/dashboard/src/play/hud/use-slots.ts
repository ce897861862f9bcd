import { useQuery } from '@tanstack/react-query';

import type { LoadedMap } from '../game/art';
import { readSlot, type Slot } from '../game/saves';

/** The saved matches by map, read each time the lobby opens. */
export function useSlots(maps: readonly LoadedMap[]): ReadonlyMap<string, Slot> {
  const { data } = useQuery({
    queryKey: ['play', 'slots'],
    queryFn: () => Promise.all(maps.map(({ map }) => readSlot(map.id))),
    staleTime: 0,
    gcTime: 0,
  });
  return new Map((data ?? []).flatMap((slot) => (slot === null ? [] : [[slot.map, slot]])));
}
