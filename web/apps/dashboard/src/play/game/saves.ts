import { del, entries, update } from 'idb-keyval';
import * as v from 'valibot';

import { randomId } from '../state/settings';

const bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array);
const slotSchema = v.object({
  map: v.string(),
  /** The match's name in telemetry; there is one slot per match. */
  name: v.string(),
  difficulty: v.number(),
  wave: v.number(),
  /** Newest first, then the one before: the last good save if the newest is damaged. */
  saves: v.pipe(v.array(bytes), v.minLength(1)),
  /** The save after the last cleared wave, and that wave; null before the first. */
  checkpoint: v.fallback(v.nullable(v.object({ wave: v.number(), save: bytes })), null),
  /** Milliseconds since 1970. */
  savedAt: v.fallback(v.number(), 0),
  /** The page that plays the match; another page that has it open saves it as a match of its own. */
  holder: v.fallback(v.string(), ''),
});

/** A kept match. */
export type Slot = v.InferOutput<typeof slotSchema>;

/** A match to be kept, as it is now. */
export interface Kept {
  readonly map: string;
  readonly name: string;
  readonly difficulty: number;
  readonly wave: number;
  readonly save: Uint8Array;
  readonly isCheckpoint: boolean;
  readonly holder: string;
}

const SAVES_PER_SLOT = 2;
const PREFIX = 'bulwark.match.';
/** Earlier releases kept one match per map. */
const OLD_PREFIX = 'bulwark.save.';

/** Where slots are stored: the browser's database, or memory in a test. */
export interface SlotStorage {
  entries(): Promise<readonly (readonly [unknown, unknown])[]>;
  /** Replaces a value by what `change` makes of it, as one step. */
  update(key: string, change: (stored: unknown) => unknown): Promise<void>;
  del(key: string): Promise<void>;
}

/** The kept matches. Only the player deletes one that is not over. */
export class Saves {
  constructor(private readonly storage: SlotStorage) {}

  /** All kept matches, the newest first; what is stored but invalid is left out. */
  async all(): Promise<readonly Slot[]> {
    const stored = await this.storage.entries();
    const slots = stored.flatMap(([key, value]) => {
      if (typeof key !== 'string' || !(key.startsWith(PREFIX) || key.startsWith(OLD_PREFIX))) return [];
      const slot = parseSlot(value);
      return slot === null ? [] : [{ key, slot }];
    });
    for (const { key, slot } of slots) {
      if (key === keyOf(slot.name)) continue;
      await this.storage.update(keyOf(slot.name), () => slot);
      await this.storage.del(key);
    }
    return slots.map(({ slot }) => slot).sort((one, other) => other.savedAt - one.savedAt);
  }

  /** The kept match with this name; null if there is none. */
  async find(name: string): Promise<Slot | null> {
    return (await this.all()).find((slot) => slot.name === name) ?? null;
  }

  /**
   * Keeps a match: adds a save in front of the older ones, and drops the oldest. Returns the name it is kept under: a new
   * one if another page has opened the match since, so that neither overwrites the other.
   */
  async keep(kept: Kept, now: number): Promise<string> {
    const found: { holder: string | null } = { holder: null };
    const isOthers = () => found.holder !== null && found.holder !== kept.holder;
    await this.storage.update(keyOf(kept.name), (stored) => {
      const before = parseSlot(stored);
      found.holder = before?.holder ?? null;
      return isOthers() ? stored : slotAfter(before, kept, now);
    });
    return isOthers() ? this.keep({ ...kept, name: randomId() }, now) : kept.name;
  }

  /** Makes this page the one that plays the match; a match deleted meanwhile is kept again. */
  async claim(slot: Slot, holder: string): Promise<void> {
    await this.storage.update(keyOf(slot.name), () => ({ ...slot, holder }));
  }

  /** After a loss the match goes on from its last checkpoint: drops the later saves, or all if there is none. */
  async dropAfterCheckpoint(name: string, holder: string): Promise<void> {
    const slot = await this.find(name);
    if (slot?.holder !== holder) return;
    if (slot.checkpoint === null) await this.delete(name);
    else {
      const { wave, save } = slot.checkpoint;
      await this.storage.update(keyOf(name), () => ({ ...slot, wave, saves: [save] }));
    }
  }

  /** Deletes a match that is over or given up, unless another page has opened it since. */
  async deleteOwn(name: string, holder: string): Promise<void> {
    if ((await this.find(name))?.holder === holder) await this.delete(name);
  }

  async delete(name: string): Promise<void> {
    await this.storage.del(keyOf(name));
  }
}

/** The matches kept in this browser. */
export const browserSaves = new Saves({
  entries: () => entries(),
  update: (key, change) => update(key, change),
  del: (key) => del(key),
});

function parseSlot(stored: unknown): Slot | null {
  const parsed = v.safeParse(slotSchema, stored);
  return parsed.success ? parsed.output : null;
}

function keyOf(name: string): string {
  return PREFIX + name;
}

function slotAfter(before: Slot | null, kept: Kept, now: number): Slot {
  const { map, name, difficulty, wave, holder, save } = kept;
  const saves = [save, ...(before?.saves ?? [])].slice(0, SAVES_PER_SLOT);
  const checkpoint = kept.isCheckpoint ? { wave, save } : (before?.checkpoint ?? null);
  return { map, name, difficulty, wave, holder, saves, checkpoint, savedAt: now };
}
