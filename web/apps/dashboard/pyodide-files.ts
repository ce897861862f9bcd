import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

import type { PyodideFiles } from './src/play/core/pyodide-files';

const SOURCE = dirname(fileURLToPath(import.meta.resolve('pyodide/package.json')));
const SCRIPTS = ['pyodide.mjs', 'pyodide.asm.mjs'];
const DATA = { 'pyodide.asm.wasm': 'application/wasm', 'pyodide-lock.json': 'application/json' };
/** Served as it is: a zip archive is already compressed. */
const ARCHIVE = 'python_stdlib.zip';

/**
 * Adds Pyodide's files to our assets, in a folder named after their version, so that browsers can cache them forever. The
 * worker reads their location and size from `import.meta.env.PYODIDE`.
 *
 * Large files are compressed here and gunzipped in the worker: a third of the size, whatever the server does.
 */
export function pyodideFiles(): Plugin {
  const { version } = JSON.parse(read('package.json').toString()) as { version: string };
  const folder = `assets/pyodide-${version}`;
  const served = new Map([
    ...[...SCRIPTS, ARCHIVE].map((name) => [name, read(name)] as const),
    ...Object.keys(DATA).map((name) => [packedName(name), gzipSync(read(name), { level: 9 })] as const),
  ]);
  const bytes = (name: string) => served.get(name)?.byteLength ?? 0;
  const described: PyodideFiles = {
    folder: `/${folder}/`,
    files: {
      [ARCHIVE]: { name: ARCHIVE, bytes: bytes(ARCHIVE), unpacked: null },
      ...Object.fromEntries(
        Object.entries(DATA).map(([name, type]) => {
          const packed = packedName(name);
          return [name, { name: packed, bytes: bytes(packed), unpacked: type }];
        }),
      ),
    },
  };
  return {
    name: 'pyodide-files',
    config: () => ({ define: { 'import.meta.env.PYODIDE': JSON.stringify(described) } }),
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = request.url?.startsWith(`/${folder}/`) ? request.url.slice(folder.length + 2) : '';
        const content = served.get(name);
        if (content === undefined) {
          next();
          return;
        }
        if (SCRIPTS.includes(name)) response.setHeader('Content-Type', 'text/javascript');
        response.end(content);
      });
    },
    generateBundle() {
      for (const [name, source] of served)
        this.emitFile({ type: 'asset', fileName: `${folder}/${name}`, source });
    },
  };
}

/** Not `.gz`: servers would declare the type of the unpacked file for that. */
function packedName(name: string): string {
  return `${name}.gzip`;
}

function read(name: string): Buffer {
  return readFileSync(join(SOURCE, name));
}
