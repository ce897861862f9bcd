// Builds the last kind of tower of the catalogue with the page's own session, drawing and sounds:
// `node added_tower.mjs WEB BUILT TEMPORARY COLUMN ROW` prints its name, the frames painted and the sounds heard.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [web, built, temporary, column, row] = process.argv.slice(2);
const MAX_TICKS = 600;
const MODULES = ['core/session', 'core/snapshot', 'render/atlas', 'render/board', 'sound/sounds-in'];

async function loadPage() {
  const { rolldown } = await import(pathToFileURL(path.join(web, 'node_modules/rolldown/dist/index.mjs')));
  const play = path.join(web, 'apps/dashboard/src/play');
  const input = path.join(temporary, 'page.ts');
  await writeFile(input, MODULES.map((name) => `export * from '${path.join(play, name)}';`).join('\n'));
  const file = path.join(temporary, 'page.mjs');
  const bundle = await rolldown({ input, logLevel: 'silent' });
  await bundle.write({ file, format: 'esm' });
  return import(pathToFileURL(file));
}

async function startPython() {
  const folder = path.join(web, 'node_modules/pyodide');
  const { loadPyodide } = await import(pathToFileURL(path.join(folder, 'pyodide.mjs')));
  const python = await loadPyodide({ indexURL: folder });
  python.FS.writeFile('/core.zip', await readFile(path.join(built, 'core.zip')));
  python.runPython('import sys; sys.path.append("/core.zip")');
  return python;
}

const [page, python] = await Promise.all([loadPage(), startPython()]);
const map = await readFile(path.join(built, 'maps/meadow.json'), 'utf-8');
const atlas = new page.Atlas(null, JSON.parse(await readFile(path.join(built, 'atlas.json'), 'utf-8')));
const catalogue = page.readCatalogue(python);
const session = page.Session.start(python, { map, seed: 7, difficulty: 1, name: 'added' });

const painted = new Set();
const paint = atlas.paint.bind(atlas);
atlas.paint = (name) => {
  painted.add(name);
  return paint(name);
};
const art = { atlas, catalogue, map: JSON.parse(map), ground: null };
const view = { cursor: null, ghost: null, selected: null, paths: [], debug: null, effects: { children: [] } };
const kind = catalogue.towers.length - 1;
session.command([catalogue.commands.indexOf('Build'), kind, Number(column), Number(row)]);
session.command([catalogue.commands.indexOf('StartWave')]);
const sounds = new Set();
for (let tick = 0, shells = 0; tick < MAX_TICKS && shells === 0; tick++) {
  session.advance(1000 / catalogue.ticks_per_second, 1, false);
  const snapshot = page.decodeSnapshot(session.snapshot(), catalogue.layout);
  shells = snapshot.shells.count;
  page.soundsIn(snapshot, catalogue).forEach((name) => sounds.add(name));
  page.boardScene(art, { older: snapshot, newer: snapshot, share: 1 }, view, tick);
}
console.log(JSON.stringify({ name: catalogue.towers[kind].name, painted: [...painted], sounds: [...sounds] }));
