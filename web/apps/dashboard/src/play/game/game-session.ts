import type { Catalogue } from '../core/catalogue';
import { CoreClient, type CoreMessage, type WorkerPort } from '../core/core-client';
import type { TelemetryEvent } from '../core/protocol';
import { randomId, type SettingsStore } from '../state/settings';
import { Sound } from '../sound/sound';
import type { Telemetry } from '../telemetry/telemetry';
import { MatchState } from './match-state';
import type { PlayableMap } from './art';
import { forgetSlot, keepSave, type Slot } from './saves';
import { Store } from '../state/store';

/** How far the core is; a catalogue once it has started. */
export interface Loading {
  readonly received: number;
  readonly total: number;
  readonly catalogue: Catalogue | null;
  readonly failure: string | null;
}

/** The match that is being played. */
export interface ActiveMatch {
  readonly game: MatchState;
  readonly playable: PlayableMap;
  readonly name: string;
  readonly difficulty: number;
}

export interface FrameTimes {
  /** Of the last snapshot: ticks, and the milliseconds that they took. */
  readonly ticks: number;
  readonly spent: number;
}

const NOTHING_LOADED: Loading = { received: 0, total: 0, catalogue: null, failure: null };
const LARGEST_SEED = 2 ** 31;
const SOUNDS_OF_EVENTS = { tower_built: 'build', tower_sold: 'sell', tower_upgraded: 'upgrade' } as const;

/** The page's one core and the match in it; what it hears it hands to the game, to telemetry and to the saves. */
export class GameSession {
  readonly loading = new Store<Loading>(NOTHING_LOADED);
  readonly running = new Store<ActiveMatch | null>(null);
  /** What went wrong with a kept match, for the choice of a map. */
  readonly resumeError = new Store<string | null>(null);
  readonly sound: Sound;
  times: FrameTimes = { ticks: 0, spent: 0 };
  private client: CoreClient | null = null;
  private stopFollowing: () => void = () => undefined;
  /** Where a save turned out to be damaged: the one before it. */
  private earlier: Slot | null = null;

  constructor(
    private readonly folder: string,
    private readonly settings: SettingsStore,
    private readonly telemetry: Telemetry,
  ) {
    this.sound = new Sound(folder, settings.get());
  }

  /** Starts the worker, which loads the core; to be ended by `close`. */
  open(worker: WorkerPort): void {
    this.loading.set(NOTHING_LOADED);
    this.telemetry.open();
    this.stopFollowing = this.settings.subscribe(() => {
      this.sound.setVolumes(this.settings.get());
    });
    this.client = new CoreClient(worker, (message) => {
      this.receive(message);
    });
    this.client.load(`${this.folder}core.zip`);
  }

  /** Keeps the match, and ends the worker. */
  close(): void {
    const { client } = this;
    void this.keep().finally(() => client?.close());
    this.client = null;
    this.running.set(null);
    this.telemetry.close();
    this.stopFollowing();
    this.sound.close();
  }

  begin(playable: PlayableMap, difficulty: number): void {
    const seed = Math.floor(Math.random() * LARGEST_SEED);
    const name = randomId();
    const client = this.prepare({ playable, difficulty, name });
    client.begin({ map: playable.text, seed, difficulty, name });
    if (this.settings.get().autoStart) client.order('AutoStart', 1);
  }

  /** Goes on with a kept match; where its newest save is damaged, with the one before. */
  resume(playable: PlayableMap, slot: Slot): void {
    const [save, ...earlier] = slot.saves;
    if (save === undefined) return;
    this.earlier = earlier.length === 0 ? null : { ...slot, saves: earlier };
    const client = this.prepare({ playable, difficulty: slot.difficulty, name: slot.name });
    client.restore({ map: playable.text, save, name: slot.name });
  }

  /** Keeps the match as it is now, to be gone on with. */
  async keep(): Promise<void> {
    const running = this.running.get();
    const stats = running?.game.hud.get().stats;
    if (running === null || this.client === null || stats?.outcome !== 'playing') return;
    await keepSave(slotOf(running, stats.cleared), await this.client.ask('save'));
  }

  /** Back to the choice of a map, with the match kept or given up. */
  async leave({ keeping }: { readonly keeping: boolean }): Promise<void> {
    const running = this.running.get();
    if (running === null) return;
    const isOver = running.game.hud.get().stats.outcome !== 'playing';
    if (keeping && !isOver) await this.keep();
    else if (!isOver) this.client?.leave();
    if (!keeping || isOver) await forgetSlot(running.playable.map.id);
    this.running.set(null);
  }

  private prepare(match: Omit<ActiveMatch, 'game'>): CoreClient {
    const { client, sound } = this;
    const { catalogue } = this.loading.get();
    if (client === null || catalogue === null)
      throw new Error('A match was begun before the core had started.');
    const game = new MatchState({ client, sound, catalogue, map: match.playable.map });
    this.resumeError.set(null);
    this.running.set({ ...match, game });
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
      case 'snapshot':
        this.times = { ticks: message.ticks, spent: message.spent };
        this.running.get()?.game.receive(message.numbers, performance.now());
        return;
      case 'told':
        message.refused.forEach((reason) => {
          this.running.get()?.game.reject(reason);
        });
        this.tell(message.events);
        return;
      case 'checkpoint':
        this.keepCheckpoint(message.wave, message.save);
        return;
      case 'damaged':
        this.goFurtherBack(message.message);
        return;
      case 'failed':
        this.running.set(null); // What was kept after the last wave is still there.
        this.loading.set({ ...this.loading.get(), failure: message.message });
    }
  }

  private tell(events: readonly TelemetryEvent[]): void {
    for (const { event } of events) {
      if (event in SOUNDS_OF_EVENTS)
        this.sound.play(SOUNDS_OF_EVENTS[event as keyof typeof SOUNDS_OF_EVENTS]);
      if (event === 'match_won' || event === 'match_lost') this.end(event === 'match_won');
    }
    this.telemetry.tell(events);
  }

  private end(isWon: boolean): void {
    this.sound.play(isWon ? 'win' : 'lose');
    const running = this.running.get();
    if (running !== null) void forgetSlot(running.playable.map.id);
  }

  private keepCheckpoint(wave: number, save: Uint8Array): void {
    const running = this.running.get();
    if (running !== null && wave < running.playable.map.waves.length)
      void keepSave(slotOf(running, wave), save);
  }

  /** The newest save is damaged: the one before it, or back to the choice of a map. */
  private goFurtherBack(message: string): void {
    const { earlier } = this;
    const playable = this.running.get()?.playable;
    this.running.set(null);
    this.resumeError.set(message);
    if (earlier === null || playable === undefined) return;
    this.resume(playable, earlier);
    this.running.get()?.game.notify('The newest save is damaged: this is the one before it.');
  }
}

function slotOf({ playable, name, difficulty }: ActiveMatch, wave: number): Omit<Slot, 'saves'> {
  return { map: playable.map.id, name, difficulty, wave };
}
