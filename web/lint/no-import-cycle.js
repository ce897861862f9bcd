import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

const SOURCE = /\.tsx?$/;
const TEST = /\.test\.tsx?$/;
const ENDINGS = ['', '.ts', '.tsx', '/index.ts'];

/**
 * Forbids import cycles between files and, with the option `folders`, between the folders that contain them. Type
 * imports count: they cost nothing at run time, but files that need each other's types cannot be read one by one.
 */
export const noImportCycle = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { folders: { type: 'boolean' } }, additionalProperties: false }],
    messages: { cycle: 'Import cycle between {{units}}: {{path}}.' },
  },
  create(context) {
    const { filename, cwd, options } = context;
    if (TEST.test(filename)) return {};

    function check(node) {
      const target = node.source && resolveImport(filename, node.source.value);
      if (!target) return;
      report(node, 'files', filename, pathBetween(target, filename, importsOfFile));
      const [from, to] = [dirname(filename), dirname(target)];
      if (options[0]?.folders && from !== to) {
        report(node, 'folders', from, pathBetween(to, from, importsOfFolder));
      }
    }

    function report(node, units, start, pathBack) {
      if (pathBack === null) return;
      const path = [start, ...pathBack].map((each) => relative(cwd, each)).join(' → ');
      context.report({ node, messageId: 'cycle', data: { units, path } });
    }

    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

/** The shortest path from `start` to `end`, both included; null if there is none. */
function pathBetween(start, end, importsOf) {
  const cameFrom = new Map([[start, null]]);
  // A Map can grow while it is iterated, so this is a breadth-first search.
  for (const each of cameFrom.keys()) {
    if (each === end) return pathTo(end, cameFrom);
    for (const next of importsOf(each)) if (!cameFrom.has(next)) cameFrom.set(next, each);
  }
  return null;
}

function pathTo(end, cameFrom) {
  const path = [];
  for (let each = end; each !== null; each = cameFrom.get(each)) path.unshift(each);
  return path;
}

function importsOfFolder(folder) {
  const files = readdirSync(folder).filter((name) => SOURCE.test(name) && !TEST.test(name));
  return new Set(files.flatMap((name) => importsOfFile(join(folder, name))).map(dirname));
}

const cache = new Map();

/** Cached by modification time, because an editor keeps this process running. */
function importsOfFile(file) {
  const { mtimeMs } = statSync(file);
  const cached = cache.get(file);
  if (cached?.mtimeMs === mtimeMs) return cached.imports;
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
  const imports = importedFiles.flatMap(({ fileName }) => resolveImport(file, fileName) ?? []);
  cache.set(file, { mtimeMs, imports });
  return imports;
}

/** The source file that a relative import names; undefined for packages and style sheets. */
function resolveImport(from, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(dirname(from), specifier);
  return ENDINGS.map((ending) => path + ending).find((each) => SOURCE.test(each) && existsSync(each));
}
