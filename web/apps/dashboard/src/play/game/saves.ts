import { del, get, set } from 'idb-keyval';
import * as v from 'valibot';

const bytes = v.instance(Uint8Array);
const slotSchema = v.object({
  map: v.string(),
  /** The match's name in telemetry. */
  name: v.string(),
  difficulty: v.number(),
  wave: v.number(),
  /** Newest first, then the one before: the last good checkpoint if the newest is damaged. */
  saves: v.pipe(v.array(bytes), v.minLength(1)),
});

/** A saved match; there is one slot per map. */
export type Slot = v.InferOutput<typeof slotSchema>;

const SAVES_PER_SLOT = 2;

function keyOf(map: string): string {
  return `bulwark.save.${map}`;
}

/** The saved match of a map; null if there is none, or if what is stored is invalid. */
export async function readSlot(map: string): Promise<Slot | null> {
  const parsed = v.safeParse(slotSchema, await get(keyOf(map)));
  return parsed.success ? parsed.output : null;
}

/** Adds a save in front of the older ones of the same match, and drops the oldest. */
export async function saveToSlot(slot: Omit<Slot, 'saves'>, save: Uint8Array): Promise<void> {
  const before = await readSlot(slot.map);
  const older = before?.name === slot.name ? before.saves : [];
  await set(keyOf(slot.map), { ...slot, saves: [save, ...older].slice(0, SAVES_PER_SLOT) });
}

export async function deleteSlot(map: string): Promise<void> {
  await del(keyOf(map));
}
