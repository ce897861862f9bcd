import * as v from 'valibot';

import type { GameMap } from '../core/map';
import { Atlas, type AtlasDescription } from '../render/atlas';

const manifestSchema = v.object({ files: v.record(v.string(), v.unknown()) });
const MAP = /^maps\/[\w-]+\.json$/;

/** A map, and its text as the core reads it. */
export interface PlayableMap {
  readonly map: GameMap;
  readonly text: string;
}

/** What is needed before a match can be chosen. */
export interface Art {
  /** Where the game's files are, with a slash at its end. */
  readonly folder: string;
  readonly atlas: Atlas;
  readonly atlasImage: HTMLImageElement;
  readonly atlasDescription: AtlasDescription;
  /** In the order in which they are to be played. */
  readonly maps: readonly PlayableMap[];
}

/** Loads the sprites and the maps. Rejects where one of them does not arrive. */
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

/** The whole ground of a map, padding included. */
export function groundOf(folder: string, { id }: GameMap): string {
  return `${folder}grounds/${id}.png`;
}

export async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

async function loadMap(url: string): Promise<PlayableMap> {
  const text = await loadText(url);
  return { text, map: JSON.parse(text) as GameMap };
}

async function loadText(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
  return response.text();
}
