import { useQuery } from '@tanstack/react-query';

import { browserSaves, type Slot } from '../game/saves';

export interface Slots {
  /** The newest first. */
  readonly slots: readonly Slot[];
  readonly refresh: () => void;
}

/** The kept matches, read each time the lobby opens and when the player returns from another tab. */
export function useSlots(): Slots {
  const { data, refetch } = useQuery({
    queryKey: ['play', 'slots'],
    queryFn: () => browserSaves.all(),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: 'always',
  });
  return { slots: data ?? [], refresh: () => void refetch() };
}
