import { beforeEach, expect, test } from 'vitest';

import { map } from '../testing/fixtures';
import { Keeper } from './keeper';
import { Saves, type SlotStorage } from './saves';

/** Two pages of one browser share what is stored. */
class Memory implements SlotStorage {
  readonly values = new Map<string, unknown>();

  entries() {
    return Promise.resolve([...this.values]);
  }

  update(key: string, change: (stored: unknown) => unknown) {
    this.values.set(key, change(this.values.get(key)));
    return Promise.resolve();
  }

  del(key: string) {
    this.values.delete(key);
    return Promise.resolve();
  }
}

let memory: Memory;
let saves: Saves;

beforeEach(() => {
  memory = new Memory();
  saves = new Saves(memory);
});

const loadedMap = { map, text: '' };
const one = { name: 'one', difficulty: 1, loadedMap };
const other = { name: 'other', difficulty: 2, loadedMap };

function now(wave: number, isCheckpoint = false) {
  return { wave, save: Uint8Array.of(wave), isCheckpoint };
}

async function waves() {
  return (await saves.all()).map(({ wave }) => wave).toSorted();
}

test('two matches on one map are kept side by side, and giving one up leaves the other', async () => {
  const [page, tab] = [new Keeper(saves), new Keeper(saves)];
  await page.keep(one, now(19));
  await tab.keep(other, now(0));
  expect(await waves()).toEqual([0, 19]);
  await tab.drop(other);
  expect(await waves()).toEqual([19]);
});

test('a match that two tabs play becomes two matches, and neither is overwritten or deleted', async () => {
  const [page, tab] = [new Keeper(saves), new Keeper(saves)];
  await page.keep(one, now(3));
  const [slot] = await saves.all();
  if (slot !== undefined) await tab.claim(slot);
  await tab.keep(one, now(8));
  await page.keep(one, now(4));
  await page.keep(one, now(5));
  expect(await waves()).toEqual([5, 8]);
  await page.drop(one);
  expect(await waves()).toEqual([8]);
});

test('a lost match goes on from its last checkpoint', async () => {
  const page = new Keeper(saves);
  await page.keep(one, now(6, true));
  await page.keep(one, now(6));
  await page.lose(one);
  const kept = await page.kept(one);
  expect(kept?.saves).toEqual([Uint8Array.of(6)]);
  expect(kept?.checkpoint?.wave).toBe(6);
});

test('a win with other physics goes on from its last checkpoint, and one that counts is kept no longer', async () => {
  const page = new Keeper(saves);
  await page.keep(one, now(6, true));
  await page.end(one, { isWon: true, tweaked: true });
  expect((await page.kept(one))?.checkpoint?.wave).toBe(6);
  await page.end(one, { isWon: true, tweaked: false });
  expect(await page.kept(one)).toBeNull();
});

test('a match that is lost in its first wave is kept no longer', async () => {
  const page = new Keeper(saves);
  await page.keep(one, now(0));
  await page.lose(one);
  expect(await saves.all()).toEqual([]);
});

test('the save before the newest is kept too', async () => {
  const page = new Keeper(saves);
  for (const wave of [1, 2, 3]) await page.keep(one, now(wave, true));
  expect((await page.kept(one))?.saves).toEqual([Uint8Array.of(3), Uint8Array.of(2)]);
});

test('a match that an earlier release kept by its map is still there', async () => {
  memory.values.set('bulwark.save.meadow', {
    map: 'meadow',
    name: 'one',
    difficulty: 1,
    wave: 7,
    saves: [Uint8Array.of(7)],
  });
  expect(await waves()).toEqual([7]);
  expect(await waves()).toEqual([7]);
  expect([...memory.values.keys()]).toEqual(['bulwark.match.one']);
});

test('what is stored but invalid is left alone', async () => {
  memory.values.set('bulwark.match.one', { map: 7 });
  expect(await saves.all()).toEqual([]);
  expect(memory.values.size).toBe(1);
});

test('a match that the browser does not keep says why, and the next one that it keeps says nothing', async () => {
  const keeper = new Keeper(saves);
  const update = memory.update.bind(memory);
  memory.update = () => Promise.reject(new DOMException('', 'QuotaExceededError'));
  expect(await keeper.keep(one, now(3))).toBe(false);
  expect(keeper.trouble.get()).toBe('This browser does not keep matches: QuotaExceededError.');
  memory.update = update;
  expect(await keeper.keep(one, now(4))).toBe(true);
  expect(keeper.trouble.get()).toBeNull();
});

test('what else is stored in the browser, under whatever key, hides no match', async () => {
  const keeper = new Keeper(saves);
  await keeper.keep(one, now(3));
  const stored = memory.entries.bind(memory);
  const stray = [17, null] as const;
  const others: SlotStorage = {
    entries: async () => [stray, ...(await stored())],
    update: memory.update.bind(memory),
    del: memory.del.bind(memory),
  };
  expect(await new Saves(others).all()).toHaveLength(1);
});
