import type { Catalogue, CommandName } from '../core/catalogue';
import type { CoreClient } from '../core/core-client';
import { isSameCell, movedCell, type Cell, type GameMap } from '../core/map';
import { SPEEDS, type Speed } from '../core/protocol';
import { decodeSnapshot, type Snapshot } from '../core/snapshot';
import { Timeline } from '../render/interpolation';
import { View } from '../render/view';
import { soundsOf } from '../sound/sounds-of';
import type { Sound } from '../sound/sound';
import {
  isEqual,
  INITIAL_STATS,
  statsFrom,
  towerOn,
  towerView,
  type HudState,
  type MatchStats,
  type TowerView,
} from './hud-state';
import { CoreQueries } from './core-queries';
import { Store } from '../state/store';

/** What a match on the page stands on. */
export interface MatchParts {
  readonly client: CoreClient;
  readonly catalogue: Catalogue;
  readonly map: GameMap;
  readonly sound: Sound;
}

/** One match as the page sees it: what the player points at, and what the core says. It changes nothing in the core. */
export class MatchState {
  readonly hud: Store<HudState>;
  readonly timeline = new Timeline();
  readonly view: View;
  /** Called with each snapshot as it arrives. */
  onSnapshot: (snapshot: Snapshot, now: number) => void = () => undefined;
  private readonly queries: CoreQueries;
  private notices = 0;

  constructor(readonly parts: MatchParts) {
    this.view = new View(parts.map);
    this.hud = new Store<HudState>({
      stats: INITIAL_STATS,
      speed: 1,
      paused: false,
      placing: null,
      cursor: null,
      ghost: null,
      tower: null,
      plan: null,
      notice: null,
      debug: false,
    });
    this.queries = new CoreQueries(parts.client, this.hud);
    this.pace();
  }

  receive(numbers: Int32Array, now: number): void {
    const { catalogue } = this.parts;
    const snapshot = decodeSnapshot(numbers, catalogue.layout);
    this.timeline.add(snapshot, now);
    this.onSnapshot(snapshot, now);
    soundsOf(snapshot, catalogue).forEach((name) => {
      this.parts.sound.play(name);
    });
    this.updateStats(statsFrom(snapshot, catalogue.ticks_per_second));
    this.refreshTower(snapshot);
    this.queries.refreshGhost(now);
  }

  reject(reason: string): void {
    this.parts.sound.play('refuse');
    this.notify(reason);
  }

  notify(text: string): void {
    this.notices += 1;
    this.patch({ notice: { number: this.notices, text } });
  }

  /** Takes a kind of tower in placing; the same again, or null, puts it away. */
  togglePlacing(kind: number | null): void {
    const placing = kind === this.hud.get().placing ? null : kind;
    const cursor = placing === null ? this.hud.get().cursor : (this.hud.get().cursor ?? this.mapCenter());
    this.patch({ placing, cursor, ghost: null, tower: placing === null ? this.hud.get().tower : null });
    this.queries.askGhost();
  }

  /** The cell that is meant, by whichever device. */
  moveCursorTo(cursor: Cell | null): void {
    if (isSameCell(cursor, this.hud.get().cursor)) return;
    this.patch({ cursor, ghost: null });
    this.queries.askGhost();
  }

  moveCursor(across: number, down: number): void {
    const { cursor } = this.hud.get();
    const moved = cursor === null ? this.mapCenter() : movedCell(this.parts.map, cursor, across, down);
    this.moveCursorTo(moved);
    this.view.follow(moved);
  }

  /** The tower on a cell; null where there is none. */
  towerAt(cell: Cell): TowerView | null {
    const snapshot = this.timeline.latest;
    const uid = snapshot === null ? null : towerOn(snapshot, cell, this.parts.catalogue.cell);
    return uid === null ? null : this.towerById(uid);
  }

  /** Chooses the tower under the cursor, or builds what is in hand there. */
  confirm(): void {
    const { cursor, placing, ghost } = this.hud.get();
    if (cursor === null) return;
    const tower = this.towerAt(cursor);
    if (tower !== null) this.select(tower.uid);
    else if (placing === null) this.select(null);
    else if (ghost !== null && ghost.reason !== null) this.reject(ghost.reason);
    else this.order('Build', placing, cursor.column, cursor.row);
  }

  /** A finger's tap: a tower is chosen at once, and a second tap on the same cell builds what is in placing. */
  tap(cell: Cell): void {
    const isSecond = isSameCell(cell, this.hud.get().cursor);
    this.moveCursorTo(cell);
    if (isSecond || this.towerAt(cell) !== null || this.hud.get().placing === null) this.confirm();
  }

  select(uid: number | null): void {
    const tower = uid === null ? null : this.towerById(uid);
    this.patch({ tower, placing: tower === null ? this.hud.get().placing : null });
    if (tower !== null) this.queries.askOffers(tower.uid);
  }

  /** Puts away what is in placing, then what is chosen. */
  cancel(): void {
    if (this.hud.get().placing === null) this.patch({ tower: null });
    else this.togglePlacing(null);
  }

  upgrade(branch: number): void {
    const uid = this.targetTower();
    if (uid !== null) this.order('Upgrade', uid, branch);
  }

  sell(): void {
    const uid = this.targetTower();
    if (uid !== null) this.order('Sell', uid);
  }

  setTargeting(mode: number): void {
    const uid = this.targetTower();
    if (uid !== null) this.order('Target', uid, mode);
  }

  cycleTargeting(): void {
    const uid = this.targetTower();
    const tower = uid === null ? null : this.towerById(uid);
    if (tower !== null) this.setTargeting((tower.targeting + 1) % this.parts.catalogue.targetings.length);
  }

  startWave(): void {
    if (this.hud.get().paused) this.setPaused(false);
    this.order('StartWave');
  }

  setAutoStart(on: boolean): void {
    this.order('AutoStart', on ? 1 : 0);
  }

  setPaused(paused: boolean): void {
    this.patch({ paused });
    this.pace();
  }

  setSpeed(speed: Speed): void {
    this.patch({ speed });
    this.pace();
  }

  /** A step faster or slower. */
  changeSpeed(by: 1 | -1): void {
    const speed = SPEEDS[SPEEDS.indexOf(this.hud.get().speed) + by];
    if (speed !== undefined) this.setSpeed(speed);
  }

  toggleDebug(): void {
    this.patch({ debug: !this.hud.get().debug });
  }

  /** Ticks a millisecond at which the match goes on now. */
  get ticksPerMillisecond(): number {
    const { paused, speed } = this.hud.get();
    return paused ? 0 : (speed * this.parts.catalogue.ticks_per_second) / 1000;
  }

  private order(command: CommandName, ...fields: readonly number[]): void {
    this.parts.client.order(command, ...fields);
  }

  private pace(): void {
    const { speed, paused } = this.hud.get();
    this.parts.client.pace(speed, paused);
  }

  /** The chosen tower, or the one under the cursor. */
  private targetTower(): number | null {
    const { tower, cursor } = this.hud.get();
    return (tower ?? (cursor === null ? null : this.towerAt(cursor)))?.uid ?? null;
  }

  private towerById(uid: number): TowerView | null {
    const snapshot = this.timeline.latest;
    return snapshot === null
      ? null
      : towerView(snapshot, uid, { cell: this.parts.catalogue.cell, offers: null });
  }

  private mapCenter(): Cell {
    const { width, height } = this.parts.map;
    return { column: Math.floor(width / 2), row: Math.floor(height / 2) };
  }

  private updateStats(stats: MatchStats): void {
    const before = this.hud.get();
    if (isEqual(stats, before.stats) && before.plan !== null) return;
    this.patch({ stats });
    const isReplanned = stats.walls !== before.stats.walls || stats.wave !== before.stats.wave;
    if (isReplanned || before.plan === null) this.queries.askPlan();
    if (stats.walls !== before.stats.walls) this.queries.askGhost();
  }

  private refreshTower(snapshot: Snapshot): void {
    const { tower } = this.hud.get();
    if (tower === null) return;
    const { offers } = tower;
    const seen = towerView(snapshot, tower.uid, { cell: this.parts.catalogue.cell, offers });
    if (seen !== null && isEqual({ ...seen, cell: tower.cell }, tower)) return;
    this.patch({ tower: seen });
    if (seen !== null && seen.spent !== tower.spent) this.queries.askOffers(seen.uid);
  }

  private patch(changed: Partial<HudState>): void {
    this.hud.set({ ...this.hud.get(), ...changed });
  }
}
