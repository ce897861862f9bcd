import * as v from 'valibot';

import type { GameMap } from '../core/map';
import { Atlas, type AtlasDescription } from '../render/atlas';

const manifestSchema = v.object({ files: v.record(v.string(), v.unknown()) });
const MAP = /^maps\/[\w-]+\.json$/;

/** A map, and the JSON it was read from, which the core reads itself. */
export interface LoadedMap {
  readonly map: GameMap;
  readonly text: string;
}

/** The assets that are loaded before the lobby is shown. */
export interface Art {
  /** URL of the game's files, ending in a slash. */
  readonly folder: string;
  readonly atlas: Atlas;
  readonly atlasImage: HTMLImageElement;
  readonly atlasDescription: AtlasDescription;
  /** In the order in which they are meant to be played. */
  readonly maps: readonly LoadedMap[];
}

/** Loads the sprites and maps. Rejects if any of them cannot be loaded. */
export async function loadArt(folder: string): Promise<Art> {
  const manifest = v.parse(manifestSchema, JSON.parse(await loadText(`${folder}manifest.json`)));
  const names = Object.keys(manifest.files).filter((name) => MAP.test(name));
  const [description, image, ...maps] = await Promise.all([
    loadText(`${folder}atlas.json`).then((text) => JSON.parse(text) as AtlasDescription),
    loadImage(`${folder}atlas.png`),
    ...names.map((name) => loadMap(folder + name)),
  ]);
  return {
    folder,
    atlas: new Atlas(image, description),
    atlasImage: image,
    atlasDescription: description,
    maps: maps.sort((one, other) => one.map.order - other.map.order),
  };
}

/** URL of the picture of a map's ground, padding included. */
export function groundUrl(folder: string, { id }: GameMap): string {
  return `${folder}grounds/${id}.png`;
}

export async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

async function loadMap(url: string): Promise<LoadedMap> {
  const text = await loadText(url);
  return { text, map: JSON.parse(text) as GameMap };
}

async function loadText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
  return response.text();
}
