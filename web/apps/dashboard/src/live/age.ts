import { formatClock } from '@keepwell/ui';

/** When the server gave what is on screen. */
export interface Age {
  readonly at: Date;
  /** "6:42 AM UTC" today, otherwise with the day: as every other moment. */
  readonly text: string;
  /** The server cannot be reached, so this is all there is: say "data of 6:42 AM UTC". */
  readonly isAll: boolean;
}

export function ageOf(
  milliseconds: number,
  { isOffline, now }: { readonly isOffline: boolean; readonly now?: Date },
): Age | null {
  if (milliseconds === 0) return null;
  const at = new Date(milliseconds);
  return { at, text: formatClock(at, now), isAll: isOffline };
}
