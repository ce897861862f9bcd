import type { Profile } from './profile';
import type { Stars } from './progress';
import { readProgress } from './progress';
import { changesOf } from '../input/input-map';
import { readSettings, type Settings } from './settings';

/** What belongs to this browser, not to the player: each asks about telemetry itself. */
const STAYS_HERE = ['telemetry', 'anonymousId', 'playAs', 'hasPlayed'] as const;

const LABELS: Readonly<Record<Exclude<keyof Settings, (typeof STAYS_HERE)[number]>, string>> = {
  effects: 'Effects',
  music: 'Music',
  muted: 'Mute',
  autoStart: 'Automatic waves',
  hints: 'Hints',
  largerText: 'Larger text',
  highContrast: 'High contrast',
  reducedMotion: 'Reduced motion',
  input: 'Keys, mouse, touch and gamepad',
  physics: 'Profiles of the physics: those here are replaced',
};

type Kept = Pick<Profile, 'settings' | 'progress'>;

/** The player's stars and settings as a file. The desktop reads the stars if it is named progress.json there. */
export function profileFile({ settings, progress }: Kept): string {
  const { input, ...others } = settings.get();
  const kept = { ...withoutLocal(others), input: changesOf(input) };
  return JSON.stringify({ stars: progress.get(), settings: kept });
}

export interface ProfileFile {
  readonly stars: Stars;
  /** The settings in it that differ from those here. */
  readonly changed: Partial<Settings>;
}

/** Reads such a file, or a progress.json of the desktop; throws a sentence if it is neither. */
export function readProfileFile(text: string, { settings }: Pick<Kept, 'settings'>): ProfileFile {
  const stars = readProgress(text);
  if (stars === null) throw new Error('This is no file of stars and settings.');
  const [saved, now] = [withoutLocal(readSettings(text) ?? {}), settings.get()];
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(now[name as keyof Settings]);
  return { stars, changed: Object.fromEntries(Object.entries(saved).filter(differs)) };
}

/** Takes over the stars of a file where they are more than here, which loses nothing, and settings. */
export function takeOver({ stars, changed }: ProfileFile, { settings, progress }: Kept): void {
  progress.merge(stars);
  settings.change(changed);
}

/** What the settings are called, and how they would change. */
export function describeChanges(changed: Partial<Settings>, now: Settings): readonly string[] {
  return Object.entries(changed).map(([name, value]) => {
    const label = LABELS[name as keyof typeof LABELS];
    const before = now[name as keyof Settings];
    return isPlain(value) && isPlain(before) ? `${label}: ${shown(before)} → ${shown(value)}` : label;
  });
}

function isPlain(value: unknown): value is boolean | number {
  return typeof value === 'boolean' || typeof value === 'number';
}

function shown(value: boolean | number): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `${Math.round(value * 100)}%`;
}

function withoutLocal(settings: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !STAYS_HERE.some((local) => local === name)),
  );
}
