import { CoreClient, type CoreMessage, type WorkerPort } from '../core/core-client';
import type { FileDescription, FromMatch, TelemetryEvent } from '../core/protocol';
import { Sound } from '../sound/sound';
import type { Profile } from '../state/profile';
import { randomId, type SettingsStore } from '../state/settings';
import { Store } from '../state/store';
import type { Telemetry } from '../telemetry/telemetry';
import type { LoadedMap } from './art';
import type { ActiveMatch, Loading, TickTimes } from './active-match';
import { MatchState } from './match-state';
import { Keeper } from './keeper';
import type { Slot } from './saves';
import { starsFor } from './stars';

const NOTHING_LOADED: Loading = { received: 0, total: 0, catalogue: null, failure: null };
const LARGEST_SEED = 2 ** 31;
const SOUNDS_OF_EVENTS = { tower_built: 'build', tower_sold: 'sell', tower_upgraded: 'upgrade' } as const;

/** Owns the page's one core and the match in it; passes the core's messages to the match, telemetry and saves. */
export class GameSession {
  readonly loading = new Store<Loading>(NOTHING_LOADED);
  readonly activeMatch = new Store<ActiveMatch | null>(null);
  /** Why the last saved match could not be resumed, for the lobby to show. */
  readonly resumeError = new Store<string | null>(null);
  readonly sound: Sound;
  /** The match that was last played to its end, to be watched or kept as a file; null if it was resumed on the way. */
  readonly lastReplay = new Store<Uint8Array | null>(null);
  tickTimes: TickTimes = { ticks: 0, spent: 0 };
  private client: CoreClient | null = null;
  private unsubscribe: () => void = () => undefined;
  /** Counts the matches that were opened. */
  private opening = 0;
  /** Whether the match that was opened last is being left, or was: what it still says counts no longer. */
  private isLeft = true;
  /** The older save of the match being resumed, in case the newest is damaged. */
  private olderSave: Slot | null = null;

  constructor(
    private readonly folder: string,
    readonly profile: Profile,
    private readonly telemetry: Telemetry,
    readonly keeper = new Keeper(),
  ) {
    this.sound = new Sound(folder, profile.settings.get());
  }

  private get settings(): SettingsStore {
    return this.profile.settings;
  }

  /** Starts the worker, which loads the core. Call `close` to end it. */
  open(worker: WorkerPort): void {
    this.loading.set(NOTHING_LOADED);
    this.telemetry.open();
    this.unsubscribe = this.settings.subscribe(() => {
      this.sound.setVolumes(this.settings.get());
    });
    this.client = new CoreClient(worker, (message) => {
      this.receive(message);
    });
    this.client.load(`${this.folder}core.zip`);
  }

  /** Saves the match and ends the worker. */
  close(): void {
    const { client } = this;
    void this.save().finally(() => client?.close());
    this.client = null;
    this.activeMatch.set(null);
    this.telemetry.close();
    this.unsubscribe();
    this.sound.close();
  }

  start(loadedMap: LoadedMap, difficulty: number): void {
    const seed = Math.floor(Math.random() * LARGEST_SEED);
    const name = randomId();
    const client = this.prepare({ loadedMap, difficulty, name, isReplay: false });
    client.start({ map: loadedMap.text, seed, difficulty, name, opening: this.opening });
    if (this.settings.get().autoStart) client.sendCommand('AutoStart', 1);
  }

  /** Resumes a kept match, paused; if its newest save is damaged, from the one before. */
  resume(loadedMap: LoadedMap, slot: Slot): void {
    const [save, ...older] = slot.saves;
    if (save === undefined) return;
    this.olderSave = older.length === 0 ? null : { ...slot, saves: older };
    void this.keeper.claim(slot);
    const { name, difficulty } = slot;
    const client = this.prepare({ loadedMap, difficulty, name, isReplay: false });
    client.restore({ map: loadedMap.text, save, name, opening: this.opening });
    this.activeMatch.get()?.state.pause('Paused. Resume when you are ready.');
  }

  /** Shows a replay, which takes no commands and counts for nothing. */
  watch(loadedMap: LoadedMap, difficulty: number, replay: Uint8Array): void {
    const client = this.prepare({ loadedMap, difficulty, name: randomId(), isReplay: true });
    client.watch({ map: loadedMap.text, replay, opening: this.opening });
  }

  /** What a file of the player is. Rejects with the reason if it is neither a save nor a replay. */
  async describe(file: Uint8Array, maps: readonly LoadedMap[]): Promise<FileDescription> {
    if (this.client === null) throw new Error('The game has not loaded yet.');
    return this.client.describe(
      file,
      maps.map(({ text }) => text),
    );
  }

  /** What is kept of the match that is shown. */
  async keptOfMatch(): Promise<Slot | null> {
    const match = this.activeMatch.get();
    return match === null ? null : this.keeper.kept(match);
  }

  /** Saves the match as it is now, so that it can be resumed. Resolves to false if the browser does not keep it. */
  async save(): Promise<boolean> {
    const match = this.activeMatch.get();
    const stats = match?.state.hud.get().stats;
    if (match === null || match.isReplay || this.client === null || stats?.outcome !== 'playing') return true;
    if (this.isLeft) return true; // The worker has it no longer.
    const save = await this.client.ask('save');
    return this.keeper.keep(match, { wave: stats.cleared, save, isCheckpoint: false });
  }

  /** Returns to the lobby, with the match saved or given up; stays if it should be saved and the browser does not keep it. */
  async leave({ saving }: { readonly saving: boolean }): Promise<void> {
    const match = this.activeMatch.get();
    if (match === null) return;
    this.settings.change({ hasPlayed: true });
    const isOver = match.state.hud.get().stats.outcome !== 'playing';
    if (saving && !(await this.save())) return;
    this.client?.leave(); // Otherwise it would go on in the worker.
    this.isLeft = true;
    if (!saving && !isOver && !match.isReplay) await this.keeper.drop(match);
    this.activeMatch.set(null);
  }

  private prepare(match: Omit<ActiveMatch, 'state'>): CoreClient {
    const { client, sound } = this;
    const { catalogue } = this.loading.get();
    if (client === null || catalogue === null)
      throw new Error('A match was started before the core was ready.');
    const { isReplay, loadedMap } = match;
    const state = new MatchState({ client, sound, catalogue, map: loadedMap.map, isReplay });
    this.resumeError.set(null);
    if (!match.isReplay) this.lastReplay.set(null);
    this.opening += 1;
    this.isLeft = false;
    this.activeMatch.set({ ...match, state });
    return client;
  }

  private receive(message: CoreMessage): void {
    switch (message.type) {
      case 'progress':
        this.loading.set({ ...this.loading.get(), received: message.received, total: message.total });
        return;
      case 'ready':
        this.loading.set({ ...this.loading.get(), catalogue: message.catalogue });
        return;
      case 'failed':
        this.activeMatch.set(null); // The checkpoint of the last wave is still there.
        this.loading.set({ ...this.loading.get(), failure: message.message });
        return;
      case 'snapshot':
      case 'report':
      case 'checkpoint':
      case 'save-damaged':
        if (message.type === 'report') this.telemetry.track(message.events);
        if (message.opening === this.opening && !this.isLeft) this.receiveFromMatch(message);
    }
  }

  /** Only from the match that is shown: one that was left may still have said something. */
  private receiveFromMatch(message: FromMatch): void {
    switch (message.type) {
      case 'snapshot':
        this.tickTimes = { ticks: message.ticks, spent: message.spent };
        this.activeMatch.get()?.state.applySnapshot(message.numbers, performance.now());
        return;
      case 'report':
        message.refused.forEach((reason) => {
          this.activeMatch.get()?.state.reject(reason);
        });
        this.handleEvents(message.events);
        return;
      case 'checkpoint':
        this.saveCheckpoint(message.wave, message.save);
        return;
      case 'save-damaged':
        this.resumeOlderSave(message.message);
    }
  }

  private handleEvents(events: readonly TelemetryEvent[]): void {
    for (const { event } of events) {
      if (event in SOUNDS_OF_EVENTS)
        this.sound.play(SOUNDS_OF_EVENTS[event as keyof typeof SOUNDS_OF_EVENTS]);
      if (event === 'match_won' || event === 'match_lost') this.end(event === 'match_won');
    }
  }

  private end(isWon: boolean): void {
    this.sound.play(isWon ? 'win' : 'lose');
    const match = this.activeMatch.get();
    if (match === null) return;
    void this.client?.ask('replay').then((replay) => {
      this.lastReplay.set(replay.length === 0 ? null : replay);
    });
    if (isWon) this.recordStars(match);
    void this.keeper.end(match, { isWon, tweaked: match.state.hud.get().stats.tweaked });
  }

  private recordStars({ state, loadedMap: { map }, difficulty }: ActiveMatch): void {
    const { catalogue } = state.parts;
    const { name = 'normal' } = catalogue.difficulties[difficulty] ?? {};
    const stars = starsFor(state.hud.get().stats, { map, difficulty, catalogue });
    if (stars > 0) this.profile.progress.won(map.id, name, stars);
  }

  private saveCheckpoint(wave: number, save: Uint8Array): void {
    const match = this.activeMatch.get();
    if (match !== null && wave < match.loadedMap.map.waves.length)
      void this.keeper.keep(match, { wave, save, isCheckpoint: true });
  }

  /** Called when a save is damaged: resumes the one before it, or returns to the lobby. */
  private resumeOlderSave(message: string): void {
    const { olderSave } = this;
    const loadedMap = this.activeMatch.get()?.loadedMap;
    this.activeMatch.set(null);
    this.resumeError.set(message);
    if (olderSave === null || loadedMap === undefined) return;
    this.resume(loadedMap, olderSave);
    this.activeMatch.get()?.state.notify('The newest save is damaged; this is the one before it.');
  }
}
