import { useQuery } from '@tanstack/react-query';

import type { PlayableMap } from '../game/art';
import { readSlot, type Slot } from '../game/saves';

/** The kept matches by their maps, as they are when the choice of a map is opened. */
export function useSlots(maps: readonly PlayableMap[]): ReadonlyMap<string, Slot> {
  const { data } = useQuery({
    queryKey: ['play', 'slots'],
    queryFn: () => Promise.all(maps.map(({ map }) => readSlot(map.id))),
    staleTime: 0,
    gcTime: 0,
  });
  return new Map((data ?? []).flatMap((slot) => (slot === null ? [] : [[slot.map, slot]])));
}
