import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build, type Plugin, type Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

const PAGE = 'index.html';
const SOURCE = 'src/service-worker/worker.ts';
/** The game needs megabytes, and is looked at by few. */
const LEFT_OUT = '/src/play/';
/** The alphabets of our own texts; the other fonts are loaded for the names that need them. */
const FONTS = /inter-latin(-ext)?-.*\.woff2$/;

/**
 * Builds the service worker, with the names of the files that the dashboard's pages need. Their names change with their
 * content; the page itself has a fixed address, so its content is its revision.
 */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const page = await readFile(join(dir, PAGE));
      const revision = createHash('sha256').update(page).digest('hex').slice(0, 16);
      const files = [...shellFiles(bundle)].sort().map((name) => ({ url: `/${name}`, revision: null }));
      await writeWorker(dir, [{ url: '/', revision }, ...files]);
    },
  };
}

/** The files that the pages load, now or when they are first opened. */
function shellFiles(bundle: Bundle): ReadonlySet<string> {
  const found = new Set(Object.keys(bundle).filter((name) => FONTS.test(name) || name.includes('favicon-')));
  const follow = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || found.has(name) || chunk.facadeModuleId?.includes(LEFT_OUT) === true)
      return;
    found.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
    for (const imported of [...chunk.imports, ...chunk.dynamicImports]) follow(imported);
  };
  for (const chunk of Object.values(bundle))
    if (
      chunk.type === 'chunk' &&
      chunk.isEntry &&
      chunk.facadeModuleId?.endsWith(`/dashboard/${PAGE}`) === true
    )
      follow(chunk.fileName);
  return found;
}

async function writeWorker(
  dir: string,
  files: readonly { url: string; revision: string | null }[],
): Promise<void> {
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    define: { __SHELL_FILES__: JSON.stringify(files) },
    build: {
      outDir: dir,
      emptyOutDir: false,
      copyPublicDir: false,
      rolldownOptions: { input: SOURCE, output: { entryFileNames: 'sw.js', format: 'iife' } },
    },
  });
}
