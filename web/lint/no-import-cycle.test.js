import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { noImportCycle } from './no-import-cycle.js';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cycles-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The cycles that the rule reports for `filename`, whose imports are given as in the other files: by path. */
function cyclesThrough(filename, files) {
  for (const [name, imports] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, imports.map((source) => `import type { T } from '${source}';\n`).join(''));
  }
  const paths = [];
  const report = ({ data: { units, path } }) => paths.push(`${units}: ${path}`);
  const context = { filename: join(folder, filename), cwd: folder, options: [{ folders: true }], report };
  const { ImportDeclaration } = noImportCycle.create(context);
  for (const source of files[filename]) ImportDeclaration({ source: { value: source } });
  return paths;
}

test('type imports that lead back to their file are a cycle between files', () => {
  const files = { 'a.ts': ['./b'], 'b.ts': ['./c'], 'c.tsx': ['./a'] };
  expect(cyclesThrough('a.ts', files)).toEqual(['files: a.ts → b.ts → c.tsx → a.ts']);
});

test('folders that import each other are a cycle, even if none of their files are', () => {
  const files = { 'game/play.ts': ['../hud/bar'], 'hud/bar.tsx': [], 'hud/panel.tsx': ['../game/play'] };
  expect(cyclesThrough('game/play.ts', files)).toEqual(['folders: game → hud → game']);
});

test('what only tests import makes no cycle', () => {
  const files = {
    'game/play.test.ts': ['../testing/maps'],
    'game/play.ts': [],
    'testing/maps.ts': ['../game/play'],
  };
  expect(cyclesThrough('testing/maps.ts', files)).toEqual([]);
});

test('layers, style sheets and packages are no cycle', () => {
  const files = {
    'hud/bar.tsx': ['../game/play', './bar.css', 'react'],
    'game/play.ts': [],
    'hud/bar.css': [],
  };
  expect(cyclesThrough('hud/bar.tsx', files)).toEqual([]);
});
