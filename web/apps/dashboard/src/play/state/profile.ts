import type { ProgressStore } from './progress';
import type { SettingsStore } from './settings';
import type { WebStorage } from './web-storage';

/** What the page keeps for the player. */
export interface Profile {
  readonly settings: SettingsStore;
  readonly progress: ProgressStore;
  readonly storage: WebStorage;
}
