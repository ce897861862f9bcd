import { expect, test } from 'vitest';

import { CoreClient, type WorkerPort } from '../core/core-client';
import type { FromWorker, Ghost, ToWorker } from '../core/protocol';
import { Sound } from '../sound/sound';
import { catalogue, map, snapshotNumbers, type SnapshotParts } from '../testing/fixtures';
import { MatchState } from './match-state';

const CELL = 1024;
const FREE: Ghost = { reason: null, ways: [] };

/** The far end of the line: it notes what the page says, and answers when it is told to. */
class FarEnd implements WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly said: ToWorker[] = [];

  postMessage(message: ToWorker): void {
    this.said.push(message);
  }

  terminate(): void {
    this.onmessage = null;
  }

  get orders(): readonly unknown[] {
    return this.said.flatMap((each) => (each.type === 'order' ? [[each.command, ...each.fields]] : []));
  }

  questions(question: string) {
    return this.said.flatMap((each) => (each.type === 'ask' && each.question === question ? [each] : []));
  }

  async answer(question: string, value: unknown): Promise<void> {
    const id = this.questions(question).at(-1)?.id ?? 0;
    this.onmessage?.({ data: { type: 'answer', id, value } satisfies FromWorker } as MessageEvent);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function begun(parts: SnapshotParts = {}) {
  const far = new FarEnd();
  const client = new CoreClient(far, () => undefined);
  const sound = new Sound('/', { effects: 1, music: 1, muted: true });
  const game = new MatchState({ client, catalogue, map, sound });
  const show = (seen: SnapshotParts) => {
    game.receive(snapshotNumbers({ score: { gold: 200, lives: 20 }, ...seen }), performance.now());
  };
  show(parts);
  return { far, game, show };
}

/** A tower as the core has it, on a cell of the map. */
function towerOn(column: number, row: number) {
  return { uid: 5, kind: 0, x: (column + 1.5) * CELL, y: (row + 1.5) * CELL, spent: 50 };
}

test('a tower in placing is built on the cell that is chosen, and stays in placing', async () => {
  const { far, game } = begun();
  game.togglePlacing(0);
  game.moveCursorTo({ column: 3, row: 4 });
  await far.answer('ghost', FREE);
  await far.answer('ghost', FREE);
  game.confirm();
  expect(far.orders).toEqual([['Build', 0, 3, 4]]);
  expect(game.hud.get().placing).toBe(0);
});

test('what the core has refused beforehand is said and not ordered', async () => {
  const { far, game } = begun();
  game.moveCursorTo({ column: 3, row: 4 });
  game.togglePlacing(0);
  await far.answer('ghost', { reason: 'That would close the last way.', ways: [] });
  game.confirm();
  expect(far.orders).toEqual([]);
  expect(game.hud.get().notice?.text).toBe('That would close the last way.');
});

test('an answer about a cell that is no longer meant is not shown, and the core is asked about the new one', async () => {
  const { far, game } = begun();
  game.moveCursorTo({ column: 3, row: 4 });
  game.togglePlacing(0);
  game.moveCursorTo({ column: 9, row: 9 });
  await far.answer('ghost', { reason: 'A tower stands there.', ways: [] });
  expect(game.hud.get().ghost).toBeNull();
  expect(far.questions('ghost').at(-1)?.values).toEqual([0, 9, 9]);
});

test('a finger chooses a cell first, and builds there by a second tap', async () => {
  const { far, game } = begun();
  game.togglePlacing(0);
  game.tap({ column: 3, row: 4 });
  expect(far.orders).toEqual([]);
  await far.answer('ghost', FREE);
  game.tap({ column: 3, row: 4 });
  expect(far.orders).toEqual([['Build', 0, 3, 4]]);
});

test('a tower is chosen by one tap, which puts away what is in placing', () => {
  const { far, game } = begun({ towers: [towerOn(3, 4)] });
  game.togglePlacing(0);
  game.tap({ column: 3, row: 4 });
  expect([game.hud.get().tower?.uid, game.hud.get().placing]).toEqual([5, null]);
  expect(far.questions('tower')[0]?.values).toEqual([5]);
});

test('upgrade, sale and targeting mean the chosen tower, or else the one under the cursor', () => {
  const { far, game } = begun({ towers: [{ ...towerOn(3, 4), targeting: 3 }] });
  game.upgrade(0);
  game.moveCursorTo({ column: 3, row: 4 });
  game.upgrade(1);
  game.cycleTargeting();
  game.sell();
  expect(far.orders).toEqual([
    ['Upgrade', 5, 1],
    ['Target', 5, 0],
    ['Sell', 5],
  ]);
});

test('a tower that is gone is no longer chosen', () => {
  const { game, show } = begun({ towers: [towerOn(3, 4)] });
  game.select(5);
  show({ score: { tick: 1, gold: 200, lives: 20, walls: 1 } });
  expect(game.hud.get().tower).toBeNull();
});

test('the next wave is asked for when the walls or the waves change, and only then', async () => {
  const { far, show } = begun();
  await far.answer('plan', { groups: [], ways: [] });
  show({ score: { tick: 1, gold: 190, lives: 20 } });
  expect(far.questions('plan')).toHaveLength(1);
  show({ score: { tick: 2, gold: 190, lives: 20, walls: 1 } });
  show({ score: { tick: 3, gold: 190, lives: 20, walls: 1, wave: 1 } });
  expect(far.questions('plan')).toHaveLength(3);
});

test('speed goes up and down in its three steps, and a pause draws nothing further', () => {
  const { far, game } = begun();
  for (const by of [1, 1, 1, -1] as const) game.changeSpeed(by);
  expect(game.hud.get().speed).toBe(2);
  expect(game.ticksPerMillisecond).toBeCloseTo(0.06);
  game.setPaused(true);
  expect(game.ticksPerMillisecond).toBe(0);
  expect(far.said.at(-1)).toEqual({ type: 'pace', speed: 2, paused: true });
});

test('beginning a wave ends the pause', () => {
  const { far, game } = begun();
  game.setPaused(true);
  game.startWave();
  expect(game.hud.get().paused).toBe(false);
  expect(far.orders).toEqual([['StartWave']]);
});

test('the cursor stays on the map, and begins in its middle', () => {
  const { game } = begun();
  game.moveCursor(-1, 0);
  expect(game.hud.get().cursor).toEqual({ column: 11, row: 6 });
  for (let step = 0; step < 40; step++) game.moveCursor(-1, 1);
  expect(game.hud.get().cursor).toEqual({ column: 0, row: 11 });
});
