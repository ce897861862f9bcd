import * as v from 'valibot';

import { Store } from './store';
import { DEFAULT_INPUT_MAP, readInputMap, type InputMap } from '../input/input-map';

/** Until the player has seen the switch and chosen, nothing is told: `unasked` is as good as `off`. */
export type TelemetryChoice = 'unasked' | 'on' | 'off';

export interface Settings {
  /** 0 to 1. */
  readonly effects: number;
  readonly music: number;
  readonly muted: boolean;
  readonly autoStart: boolean;
  readonly hints: boolean;
  readonly telemetry: TelemetryChoice;
  /** Random, and only there while telemetry is on. */
  readonly anonymousId: string | null;
  /** As which account's player the matches count; null for none. */
  readonly playAs: string | null;
  readonly input: InputMap;
}

export const DEFAULT_SETTINGS: Settings = {
  effects: 0.7,
  music: 0.35,
  muted: false,
  autoStart: false,
  hints: true,
  telemetry: 'unasked',
  anonymousId: null,
  playAs: null,
  input: DEFAULT_INPUT_MAP,
};

const STORAGE_KEY = 'bulwark.settings';
const volume = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** What of a saved field is nonsense has its default. */
const fallbacks = DEFAULT_SETTINGS;
const schema = v.object({
  effects: v.fallback(volume, fallbacks.effects),
  music: v.fallback(volume, fallbacks.music),
  muted: v.fallback(v.boolean(), fallbacks.muted),
  autoStart: v.fallback(v.boolean(), fallbacks.autoStart),
  hints: v.fallback(v.boolean(), fallbacks.hints),
  telemetry: v.fallback(v.picklist(['unasked', 'on', 'off']), fallbacks.telemetry),
  anonymousId: v.fallback(v.nullable(v.string()), fallbacks.anonymousId),
  playAs: v.fallback(v.nullable(v.string()), fallbacks.playAs),
  input: v.fallback(v.pipe(v.unknown(), v.transform(readInputMap)), fallbacks.input),
});

export function parseSettings(saved: string | null): Settings {
  if (saved === null) return DEFAULT_SETTINGS;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), saved);
  return parsed.success ? parsed.output : DEFAULT_SETTINGS;
}

/** The player's settings, kept in the browser with every change. */
export class SettingsStore extends Store<Settings> {
  constructor(private readonly storage: Storage) {
    super(parseSettings(storage.getItem(STORAGE_KEY)));
  }

  change(changed: Partial<Settings>): void {
    const settings = { ...this.get(), ...changed };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(settings));
    this.set(settings);
  }

  /** One that comes back on has a new id: the old one is forgotten with the switch. */
  chooseTelemetry(on: boolean): void {
    this.change({ telemetry: on ? 'on' : 'off', anonymousId: on ? randomId() : null });
  }
}

/** 96 random bits, about nobody. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
