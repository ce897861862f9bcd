import { useQuery } from '@tanstack/react-query';

import { browserSaves, type Slot } from '../game/saves';
import { reasonOf } from '../state/reason';

export interface Slots {
  /** The newest first. */
  readonly slots: readonly Slot[];
  /** Why they cannot be read; null if they can. */
  readonly trouble: string | null;
  readonly refresh: () => void;
}

/** The kept matches, read each time the lobby opens and when the player returns from another tab. */
export function useSlots(): Slots {
  const { data, error, refetch } = useQuery({
    queryKey: ['play', 'slots'],
    queryFn: () => browserSaves.all(),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: 'always',
  });
  const trouble = error === null ? null : `Kept matches cannot be read: ${reasonOf(error)}.`;
  return { slots: data ?? [], trouble, refresh: () => void refetch() };
}
