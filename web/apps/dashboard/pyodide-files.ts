import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

import type { PyodideFiles } from './src/play/core/pyodide-files';

const SOURCE = dirname(fileURLToPath(import.meta.resolve('pyodide/package.json')));
const SCRIPTS = ['pyodide.mjs', 'pyodide.asm.mjs'];
const DATA = { 'pyodide.asm.wasm': 'application/wasm', 'pyodide-lock.json': 'application/json' };
/** A zip archive is packed already. */
const ARCHIVE = 'python_stdlib.zip';

/**
 * Pyodide's own files beside our assets, in a folder that is named by their version, so that browsers may keep them
 * forever. The worker reads where they are, and how large, from `import.meta.env.PYODIDE`.
 *
 * What is large is packed here and unpacked in the worker: a third of the bytes, whatever the server does.
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

/** Not `.gz`, by which servers would call the unpacked type the file's own. */
function packedName(name: string): string {
  return `${name}.gzip`;
}

function read(name: string): Buffer {
  return readFileSync(join(SOURCE, name));
}
