import type { Profile } from './profile';
import type { Stars } from './progress';
import { readProgress } from './progress';
import { changesOf } from '../input/input-map';
import { readSettings, type Settings } from './settings';

/** What belongs to this browser, not to the player: each asks about telemetry itself. */
const STAYS_HERE = ['telemetry', 'anonymousId', 'playAs', 'hasPlayed'] as const;

type Kept = Pick<Profile, 'settings' | 'progress'>;

/** The player's stars and settings as a file. The desktop reads the stars if it is named progress.json there. */
export function profileFile({ settings, progress }: Kept): string {
  const { input, ...others } = settings.get();
  const kept = { ...withoutLocal(others), input: changesOf(input) };
  return JSON.stringify({ stars: progress.get(), settings: kept });
}

/**
 * Takes over the settings of a file, and its stars where they are more than here. Throws a sentence if it is neither such
 * a file nor a progress.json of the desktop.
 */
export function openProfileFile(text: string, { settings, progress }: Kept): void {
  const stars: Stars | null = readProgress(text);
  if (stars === null) throw new Error('This is no file of stars and settings.');
  progress.merge(stars);
  const saved = readSettings(text);
  if (saved !== null) settings.change(withoutLocal(saved));
}

function withoutLocal(settings: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !STAYS_HERE.some((local) => local === name)),
  );
}
