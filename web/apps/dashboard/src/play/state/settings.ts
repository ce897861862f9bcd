import * as v from 'valibot';

import { Store } from './store';
import type { TextStorage } from './web-storage';
import { changesOf, DEFAULT_INPUT_MAP, readInputMap, type InputMap } from '../input/input-map';

/** Nothing is sent until the player has chosen: `unasked` counts as `off`. */
export type TelemetryChoice = 'unasked' | 'on' | 'off';

export interface Settings {
  /** 0 to 1. */
  readonly effects: number;
  readonly music: number;
  readonly muted: boolean;
  readonly autoStart: boolean;
  readonly hints: boolean;
  readonly largerText: boolean;
  readonly highContrast: boolean;
  /** Less motion, whatever the system prefers. */
  readonly reducedMotion: boolean;
  /** Whether the player has finished or left a match: only then is the question about telemetry asked. */
  readonly hasPlayed: boolean;
  readonly telemetry: TelemetryChoice;
  /** Random; null while telemetry is off. */
  readonly anonymousId: string | null;
  /** External id of the account to play as; null for none. */
  readonly playAs: string | null;
  readonly input: InputMap;
  /** Profiles of physical constants by name: those that differ from the defaults. */
  readonly physics: PhysicsProfiles;
}

export type PhysicsProfiles = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const DEFAULT_SETTINGS: Settings = {
  effects: 0.7,
  music: 0.35,
  muted: false,
  autoStart: false,
  hints: true,
  largerText: false,
  highContrast: false,
  reducedMotion: false,
  hasPlayed: false,
  telemetry: 'unasked',
  anonymousId: null,
  playAs: null,
  input: DEFAULT_INPUT_MAP,
  physics: {},
};

const STORAGE_KEY = 'bulwark.settings';
const volume = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const profiles = v.record(v.string(), v.record(v.string(), v.pipe(v.number(), v.integer())));

/** An invalid field falls back to its default, whatever the others contain. */
const fallbacks = DEFAULT_SETTINGS;
const schema = v.object({
  effects: v.fallback(volume, fallbacks.effects),
  music: v.fallback(volume, fallbacks.music),
  muted: v.fallback(v.boolean(), fallbacks.muted),
  autoStart: v.fallback(v.boolean(), fallbacks.autoStart),
  hints: v.fallback(v.boolean(), fallbacks.hints),
  largerText: v.fallback(v.boolean(), fallbacks.largerText),
  highContrast: v.fallback(v.boolean(), fallbacks.highContrast),
  reducedMotion: v.fallback(v.boolean(), fallbacks.reducedMotion),
  hasPlayed: v.fallback(v.boolean(), fallbacks.hasPlayed),
  telemetry: v.fallback(v.picklist(['unasked', 'on', 'off']), fallbacks.telemetry),
  anonymousId: v.fallback(v.nullable(v.string()), fallbacks.anonymousId),
  playAs: v.fallback(v.nullable(v.string()), fallbacks.playAs),
  input: v.fallback(v.pipe(v.unknown(), v.transform(readInputMap)), fallbacks.input),
  physics: v.fallback(profiles, fallbacks.physics),
});

export function parseSettings(saved: string | null): Settings {
  if (saved === null) return DEFAULT_SETTINGS;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), saved);
  return parsed.success ? parsed.output : DEFAULT_SETTINGS;
}

/** The settings in a file of the player's profile; null if it has none. */
export function readSettings(file: string): Settings | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.object({ settings: schema })), file);
  return parsed.success ? parsed.output.settings : null;
}

/** The player's settings; every change is stored in the browser. */
export class SettingsStore extends Store<Settings> {
  constructor(private readonly storage: TextStorage) {
    super(parseSettings(storage.getItem(STORAGE_KEY)));
  }

  change(changed: Partial<Settings>): void {
    // Another tab may have changed other settings meanwhile.
    const settings = { ...parseSettings(this.storage.getItem(STORAGE_KEY)), ...changed };
    const saved = { ...settings, input: changesOf(settings.input) };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(saved));
    this.set(settings);
  }

  /** Turning telemetry off deletes the id; turning it on again creates a new one. */
  chooseTelemetry(on: boolean): void {
    this.change({ telemetry: on ? 'on' : 'off', anonymousId: on ? randomId() : null });
  }
}

/** 96 random bits in hexadecimal. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
