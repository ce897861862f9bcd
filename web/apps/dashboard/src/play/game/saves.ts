import { del, get, set } from 'idb-keyval';
import * as v from 'valibot';

const bytes = v.instance(Uint8Array);
const slotSchema = v.object({
  map: v.string(),
  /** What telemetry calls the match. */
  name: v.string(),
  difficulty: v.number(),
  wave: v.number(),
  /** The newest first, then the one before: the last good checkpoint where the newest is damaged. */
  saves: v.pipe(v.array(bytes), v.minLength(1)),
});

/** A match that can be gone on with; one a map. */
export type Slot = v.InferOutput<typeof slotSchema>;

const KEPT = 2;

function keyOf(map: string): string {
  return `bulwark.save.${map}`;
}

/** The kept match of a map; null where there is none, or what is there is nonsense. */
export async function readSlot(map: string): Promise<Slot | null> {
  const parsed = v.safeParse(slotSchema, await get(keyOf(map)));
  return parsed.success ? parsed.output : null;
}

/** Keeps a save of a match before those that are kept of it already. */
export async function keepSave(slot: Omit<Slot, 'saves'>, save: Uint8Array): Promise<void> {
  const before = await readSlot(slot.map);
  const earlier = before?.name === slot.name ? before.saves : [];
  await set(keyOf(slot.map), { ...slot, saves: [save, ...earlier].slice(0, KEPT) });
}

export async function forgetSlot(map: string): Promise<void> {
  await del(keyOf(map));
}
