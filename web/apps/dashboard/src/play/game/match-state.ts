import type { Catalogue, CommandName } from '../core/catalogue';
import type { CoreClient } from '../core/core-client';
import { cellCenter, centerCell, isSameCell, movedCell, type Cell, type GameMap } from '../core/map';
import { decodeSnapshot, type Snapshot } from '../core/snapshot';
import { Timeline } from '../render/interpolation';
import { View } from '../render/view';
import { soundsIn } from '../sound/sounds-in';
import type { Sound } from '../sound/sound';
import {
  isEqual,
  INITIAL_HUD,
  statsFrom,
  towerOn,
  towerView,
  type HudState,
  type MatchStats,
  type TowerView,
} from './hud-state';
import { CoreQueries } from './core-queries';
import { Pace } from './pace';
import { TowerOrders } from './tower-orders';
import { creepNear, creepView } from './creep-view';
import { Store } from '../state/store';

/** What a match needs from the page around it. */
export interface MatchParts {
  readonly client: CoreClient;
  readonly catalogue: Catalogue;
  readonly map: GameMap;
  readonly sound: Sound;
  /** A replay takes no commands. */
  readonly isReplay: boolean;
}

/** One match as the page sees it: what the player points at, and what the core reports. The rules live in the core. */
export class MatchState {
  readonly hud: Store<HudState>;
  readonly timeline = new Timeline();
  readonly view: View;
  readonly pace: Pace;
  readonly orders: TowerOrders;
  /** Called with each snapshot on arrival. */
  onSnapshot: (snapshot: Snapshot, now: number) => void = () => undefined;
  private readonly queries: CoreQueries;
  private lastNotice = 0;
  /** Where a tower is being built: a second click there is not another one. */
  private building: Cell | null = null;

  constructor(readonly parts: MatchParts) {
    this.view = new View(parts.map);
    this.hud = new Store<HudState>(INITIAL_HUD);
    this.view.onSight = (sight) => {
      this.patch({ sight });
    };
    this.queries = new CoreQueries(parts.client, this.hud);
    this.pace = new Pace(parts.client, this.hud);
    this.orders = new TowerOrders(this);
  }

  applySnapshot(numbers: Int32Array, now: number): void {
    const { catalogue } = this.parts;
    const snapshot = decodeSnapshot(numbers, catalogue.layout);
    this.timeline.add(snapshot, now);
    this.onSnapshot(snapshot, now);
    soundsIn(snapshot, catalogue).forEach((name) => {
      this.parts.sound.play(name);
    });
    this.updateStats(statsFrom(snapshot, catalogue.ticks_per_second));
    this.updateTower(snapshot);
    this.updateCreep(snapshot);
    this.queries.refreshGhost(now);
  }

  /** Tells the player why a command was rejected. */
  reject(reason: string): void {
    this.parts.sound.play('refuse');
    this.building = null;
    this.notify(reason);
  }

  notify(text: string): void {
    this.lastNotice += 1;
    this.patch({ notice: { number: this.lastNotice, text } });
  }

  /** Pauses, and tells the player why. */
  pause(why: string): void {
    this.pace.setPaused(true);
    this.notify(why);
  }

  /** Starts placing a kind of tower; the same kind again, or null, stops it. */
  togglePlacing(kind: number | null): void {
    const placing = kind === this.hud.get().placing ? null : kind;
    const cursor =
      placing === null ? this.hud.get().cursor : (this.hud.get().cursor ?? centerCell(this.parts.map));
    this.patch({ placing, cursor, ghost: null, tower: placing === null ? this.hud.get().tower : null });
    this.queries.askGhost();
  }

  /** Starts placing the tower with a number, from 1; does nothing if there is none. */
  placeNumber(number: number): void {
    if (number >= 1 && number <= this.parts.catalogue.towers.length) this.togglePlacing(number - 1);
  }

  /** Starts placing the kind of tower after the one being placed, or before it; after the last comes the first. */
  placeNext(by: 1 | -1): void {
    const { placing } = this.hud.get();
    const count = this.parts.catalogue.towers.length;
    const from = placing ?? (by > 0 ? -1 : count);
    const next = (from + by + count) % count;
    if (next !== placing) this.togglePlacing(next);
  }

  /** Moves the cursor to a cell, whichever device pointed at it. */
  moveCursorTo(cursor: Cell | null): void {
    if (isSameCell(cursor, this.hud.get().cursor)) return;
    this.patch({ cursor, ghost: null });
    this.queries.askGhost();
  }

  moveCursorBy(across: number, down: number): void {
    const { cursor } = this.hud.get();
    const moved =
      cursor === null ? centerCell(this.parts.map) : movedCell(this.parts.map, cursor, across, down);
    this.moveCursorTo(moved);
    this.view.follow(moved);
  }

  /** The tower on a cell; null if there is none. */
  towerAt(cell: Cell): TowerView | null {
    const snapshot = this.timeline.latest;
    const uid = snapshot === null ? null : towerOn(snapshot, cell, this.parts.catalogue.cell);
    return uid === null ? null : this.towerById(uid);
  }

  /** Selects the tower under the cursor, or builds the one being placed there. */
  confirm(): void {
    const { cursor, placing, ghost } = this.hud.get();
    if (cursor === null) return;
    const tower = this.towerAt(cursor);
    if (tower !== null) this.select(tower.uid);
    else if (placing === null) this.lookAt(cursor);
    else if (isSameCell(cursor, this.building)) return;
    else if (ghost !== null && ghost.reason !== null) this.reject(ghost.reason);
    else {
      this.building = cursor;
      this.send('Build', placing, cursor.column, cursor.row);
    }
  }

  /** A tap selects a tower at once; to build, the same cell must be tapped twice, since a finger hides the preview. */
  tap(cell: Cell): void {
    const isSecond = isSameCell(cell, this.hud.get().cursor);
    this.moveCursorTo(cell);
    if (isSecond || this.towerAt(cell) !== null || this.hud.get().placing === null) this.confirm();
  }

  /** Shows the creep near a cell in place of the selected tower, if there is one. */
  private lookAt(cell: Cell): void {
    const snapshot = this.timeline.latest;
    this.select(null);
    if (snapshot === null) return;
    this.patch({ creep: creepNear(snapshot, cellCenter(cell), this.parts.catalogue) });
  }

  select(uid: number | null): void {
    const tower = uid === null ? null : this.towerById(uid);
    this.patch({ tower, creep: null, placing: tower === null ? this.hud.get().placing : null });
    if (tower !== null) this.queries.askOffers(tower.uid);
  }

  /** Stops placing; if nothing is being placed, clears the selection. */
  cancel(): void {
    if (this.hud.get().placing === null) this.patch({ tower: null, creep: null });
    else this.togglePlacing(null);
  }

  startWave(): void {
    if (this.hud.get().paused) this.pace.setPaused(false);
    this.send('StartWave');
  }

  setAutoStart(on: boolean): void {
    this.send('AutoStart', on ? 1 : 0);
  }

  toggleDebug(): void {
    this.patch({ debug: !this.hud.get().debug });
  }

  /** The current speed; 0 while paused. */
  get ticksPerMillisecond(): number {
    const { paused, speed } = this.hud.get();
    return paused ? 0 : (speed * this.parts.catalogue.ticks_per_second) / 1000;
  }

  send(command: CommandName, ...fields: readonly number[]): void {
    if (this.parts.isReplay) this.notify('This is a replay.');
    else this.parts.client.sendCommand(command, ...fields);
  }

  private towerById(uid: number): TowerView | null {
    const snapshot = this.timeline.latest;
    return snapshot === null
      ? null
      : towerView(snapshot, uid, { cell: this.parts.catalogue.cell, offers: null });
  }

  private updateStats(stats: MatchStats): void {
    const before = this.hud.get();
    if (isEqual(stats, before.stats) && before.plan !== null) return;
    this.patch({ stats });
    const isPlanOutdated = stats.walls !== before.stats.walls || stats.wave !== before.stats.wave;
    if (isPlanOutdated || before.plan === null) this.queries.askPlan();
    if (stats.walls === before.stats.walls) return;
    this.building = null;
    this.queries.askGhost();
  }

  private updateTower(snapshot: Snapshot): void {
    const { tower } = this.hud.get();
    if (tower === null) return;
    const { offers } = tower;
    const updated = towerView(snapshot, tower.uid, { cell: this.parts.catalogue.cell, offers });
    if (updated !== null && isEqual({ ...updated, cell: tower.cell }, tower)) return;
    this.patch({ tower: updated });
    if (updated !== null && updated.spent !== tower.spent) this.queries.askOffers(updated.uid);
  }

  private updateCreep(snapshot: Snapshot): void {
    const { creep } = this.hud.get();
    if (creep === null) return;
    const updated = creepView(snapshot, creep.uid);
    if (updated === null || !isEqual(updated, creep)) this.patch({ creep: updated });
  }

  private patch(changed: Partial<HudState>): void {
    this.hud.set({ ...this.hud.get(), ...changed });
  }
}
