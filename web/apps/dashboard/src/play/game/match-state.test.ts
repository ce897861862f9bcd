// @vitest-environment happy-dom
import { expect, test } from 'vitest';

import type { Catalogue } from '../core/catalogue';
import { CoreClient, type WorkerPort } from '../core/core-client';
import type { FromWorker, Ghost, ToWorker } from '../core/protocol';
import { Sound } from '../sound/sound';
import { catalogue, map, snapshotNumbers, type SnapshotParts } from '../testing/fixtures';
import { SettingsStore } from '../state/settings';
import { MatchState } from './match-state';
import { perform } from './perform';

const CELL = 1024;
const FREE: Ghost = { reason: null, ways: [] };

/** Records what the page sends, and answers when a test says so. */
class FakeWorker implements WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly sent: ToWorker[] = [];

  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }

  terminate(): void {
    this.onmessage = null;
  }

  get commands(): readonly unknown[] {
    return this.sent.flatMap((each) => (each.type === 'command' ? [[each.command, ...each.fields]] : []));
  }

  questions(question: string) {
    return this.sent.flatMap((each) => (each.type === 'ask' && each.question === question ? [each] : []));
  }

  async answer(question: string, value: unknown): Promise<void> {
    const id = this.questions(question).at(-1)?.id ?? 0;
    this.onmessage?.({ data: { type: 'answer', id, value } satisfies FromWorker } as MessageEvent);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function startMatch(parts: SnapshotParts = {}, rules: Catalogue = catalogue, isReplay = false) {
  const worker = new FakeWorker();
  const client = new CoreClient(worker, () => undefined);
  const sound = new Sound('/', { effects: 1, music: 1, muted: true });
  const match = new MatchState({ client, catalogue: rules, map, sound, isReplay });
  const show = (shown: SnapshotParts) => {
    match.applySnapshot(snapshotNumbers({ score: { gold: 200, lives: 20 }, ...shown }), performance.now());
  };
  show(parts);
  return { worker, match, show };
}

/** A tower as the core reports it, on a cell of the map. */
function towerOn(column: number, row: number) {
  return { uid: 5, kind: 0, x: (column + 1.5) * CELL, y: (row + 1.5) * CELL, spent: 50 };
}

test('a tower being placed is built on the confirmed cell, and placing goes on', async () => {
  const { worker, match } = startMatch();
  match.togglePlacing(0);
  match.moveCursorTo({ column: 3, row: 4 });
  await worker.answer('ghost', FREE);
  await worker.answer('ghost', FREE);
  match.confirm();
  expect(worker.commands).toEqual([['Build', 0, 3, 4]]);
  expect(match.hud.get().placing).toBe(0);
});

test('a placement that the core has refused is explained and not sent', async () => {
  const { worker, match } = startMatch();
  match.moveCursorTo({ column: 3, row: 4 });
  match.togglePlacing(0);
  await worker.answer('ghost', { reason: 'That would close the last path.', ways: [] });
  match.confirm();
  expect(worker.commands).toEqual([]);
  expect(match.hud.get().notice?.text).toBe('That would close the last path.');
});

test('an answer about an earlier cell is not shown, and the core is asked about the new one', async () => {
  const { worker, match } = startMatch();
  match.moveCursorTo({ column: 3, row: 4 });
  match.togglePlacing(0);
  match.moveCursorTo({ column: 9, row: 9 });
  await worker.answer('ghost', { reason: 'There is a tower.', ways: [] });
  expect(match.hud.get().ghost).toBeNull();
  expect(worker.questions('ghost').at(-1)?.values).toEqual([0, 9, 9]);
});

test('the first tap of a finger points at a cell, the second builds there', async () => {
  const { worker, match } = startMatch();
  match.togglePlacing(0);
  match.tap({ column: 3, row: 4 });
  expect(worker.commands).toEqual([]);
  await worker.answer('ghost', FREE);
  match.tap({ column: 3, row: 4 });
  expect(worker.commands).toEqual([['Build', 0, 3, 4]]);
});

test('a tap on a tower selects it and stops placing', () => {
  const { worker, match } = startMatch({ towers: [towerOn(3, 4)] });
  match.togglePlacing(0);
  match.tap({ column: 3, row: 4 });
  expect([match.hud.get().tower?.uid, match.hud.get().placing]).toEqual([5, null]);
  expect(worker.questions('tower')[0]?.values).toEqual([5]);
});

test('upgrade, sell and targeting apply to the selected tower', () => {
  const { worker, match } = startMatch({ towers: [{ ...towerOn(3, 4), targeting: 3 }] });
  match.select(5);
  match.orders.upgrade(1);
  match.orders.cycleTargeting();
  match.orders.sell();
  expect(worker.commands).toEqual([
    ['Upgrade', 5, 1],
    ['Target', 5, 0],
    ['Sell', 5],
  ]);
});

test('a tower that is merely pointed at is not sold, upgraded or retargeted', () => {
  const { worker, match } = startMatch({ towers: [towerOn(3, 4)] });
  match.moveCursorTo({ column: 3, row: 4 });
  match.orders.sell();
  match.orders.upgrade(0);
  match.orders.cycleTargeting();
  expect(worker.commands).toEqual([]);
  expect(match.hud.get().notice?.text).toBe('Select a tower first.');
});

test('the number of a tower places it, and a number without a tower does nothing', () => {
  const { match } = startMatch();
  match.placeNumber(7);
  expect(match.hud.get().placing).toBeNull();
  match.placeNumber(1);
  expect(match.hud.get().placing).toBe(0);
});

test('two buttons of a gamepad reach every tower', () => {
  const seven = { ...catalogue, towers: Array.from({ length: 7 }, () => catalogue.towers).flat() };
  const { match } = startMatch({}, seven);
  const placed = Array.from({ length: 8 }, () => {
    perform('next-tower', { state: match, settings: new SettingsStore(localStorage), trigger: 'pad:5' });
    return match.hud.get().placing;
  });
  expect(placed).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
  match.placeNext(-1);
  expect(match.hud.get().placing).toBe(6);
});

test('a tower that is gone is no longer selected', () => {
  const { match, show } = startMatch({ towers: [towerOn(3, 4)] });
  match.select(5);
  show({ score: { tick: 1, gold: 200, lives: 20, walls: 1 } });
  expect(match.hud.get().tower).toBeNull();
});

test('the plan of the next wave is asked for when walls or waves change, and only then', async () => {
  const { worker, show } = startMatch();
  await worker.answer('plan', { groups: [], ways: [] });
  show({ score: { tick: 1, gold: 190, lives: 20 } });
  expect(worker.questions('plan')).toHaveLength(1);
  show({ score: { tick: 2, gold: 190, lives: 20, walls: 1 } });
  show({ score: { tick: 3, gold: 190, lives: 20, walls: 1, wave: 1 } });
  expect(worker.questions('plan')).toHaveLength(3);
});

test('speed changes in three steps and is 0 during a pause', () => {
  const { worker, match } = startMatch();
  for (const by of [1, 1, 1, -1] as const) match.pace.changeSpeed(by);
  expect(match.hud.get().speed).toBe(2);
  expect(match.ticksPerMillisecond).toBeCloseTo(0.06);
  match.pace.setPaused(true);
  expect(match.ticksPerMillisecond).toBe(0);
  expect(worker.sent.at(-1)).toEqual({ type: 'pace', speed: 2, paused: true });
});

test('starting a wave ends the pause', () => {
  const { worker, match } = startMatch();
  match.pace.setPaused(true);
  match.startWave();
  expect(match.hud.get().paused).toBe(false);
  expect(worker.commands).toEqual([['StartWave']]);
});

test('the cursor starts in the center of the map and stays on it', () => {
  const { match } = startMatch();
  match.moveCursorBy(-1, 0);
  expect(match.hud.get().cursor).toEqual({ column: 11, row: 6 });
  for (let step = 0; step < 40; step++) match.moveCursorBy(-1, 1);
  expect(match.hud.get().cursor).toEqual({ column: 0, row: 11 });
});

test('a second click on the cell builds no second tower, and complains about none', async () => {
  const { worker, match, show } = startMatch();
  match.togglePlacing(0);
  match.moveCursorTo({ column: 3, row: 4 });
  await worker.answer('ghost', FREE);
  await worker.answer('ghost', FREE);
  match.confirm();
  match.confirm();
  expect(worker.commands).toHaveLength(1);
  show({ score: { tick: 1, gold: 150, lives: 20, walls: 1 }, towers: [towerOn(3, 4)] });
  expect(match.hud.get().notice).toBeNull();
});

test('after a refusal the same cell can be tried again', async () => {
  const { worker, match } = startMatch();
  match.togglePlacing(0);
  match.moveCursorTo({ column: 3, row: 4 });
  await worker.answer('ghost', FREE);
  await worker.answer('ghost', FREE);
  match.confirm();
  match.reject('Not enough gold.');
  match.confirm();
  expect(worker.commands).toHaveLength(2);
});

test('a creep near the cursor can be looked at, and its health is followed until it is gone', () => {
  const creep = { uid: 9, kind: 1, x: 5 * CELL, y: 5.2 * CELL, hp: 40, full: 58 };
  const { match, show } = startMatch({ creeps: [creep] });
  match.moveCursorTo({ column: 4, row: 4 });
  match.confirm();
  expect(match.hud.get().creep).toEqual({ uid: 9, kind: 1, health: 40, fullHealth: 58, isSlowed: false });
  show({ creeps: [{ ...creep, x: 9 * CELL, hp: 12 }] });
  expect(match.hud.get().creep?.health).toBe(12);
  show({});
  expect(match.hud.get().creep).toBeNull();
});

test('where no creep is near, none is looked at', () => {
  const { match } = startMatch({ creeps: [{ uid: 9, x: 12 * CELL, y: 5 * CELL, hp: 4, full: 4 }] });
  match.moveCursorTo({ column: 4, row: 4 });
  match.confirm();
  expect(match.hud.get().creep).toBeNull();
});

test('a replay takes no commands', () => {
  const { worker, match } = startMatch({ towers: [towerOn(3, 4)] }, catalogue, true);
  match.select(5);
  match.orders.sell();
  expect(worker.commands).toEqual([]);
  expect(match.hud.get().notice?.text).toBe('This is a replay.');
});
