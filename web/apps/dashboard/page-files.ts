import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

const PAGE = 'index.html';
const TABLE = 'page-files.json';
const PATH = /path: '([^']+)'/;
const COMPONENT = /lazyRouteComponent\(\(\) => import\('([^']+)'\)/;

/** The files of a page that the entry does not need: the server has browsers fetch them together with the entry. */
interface PageFiles {
  /** As the router writes it: `$name` stands for any segment. */
  readonly path: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
}

/**
 * Writes page-files.json: the path of each route and the files of its page. On a slow line, a browser that asks for
 * them only after the entry has run waits for a round trip more.
 */
export function pageFiles(): Plugin {
  return {
    name: 'page-files',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const html = await readFile(join(dir, PAGE), 'utf8');
      const sources = await routeSources(join(import.meta.dirname, 'src'));
      const pages = sources.flatMap(([file, source]) => pagesOf(file, source));
      if (pages.length === 0) throw new Error('page-files: no route has a page of its own');
      const table = pages.map(({ path, module }) => filesOf(path, chunkOf(bundle, module), { bundle, html }));
      await writeFile(join(dir, TABLE), `${JSON.stringify(table)}\n`);
    },
  };
}

async function routeSources(folder: string): Promise<readonly (readonly [file: string, source: string])[]> {
  const names = await readdir(join(folder, 'routes'));
  const files = [join(folder, 'router.tsx'), ...names.map((name) => join(folder, 'routes', name))];
  return Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
}

/** The routes of a source file whose page is a chunk of its own, each with the module of the page. */
function pagesOf(file: string, source: string): readonly { path: string; module: string }[] {
  return source.split('createRoute({').flatMap((route) => {
    const [path, component] = [PATH.exec(route)?.[1], COMPONENT.exec(route)?.[1]];
    if (component === undefined) return [];
    if (path === undefined) throw new Error(`page-files: ${file} has a page ${component} without a path`);
    return [{ path, module: `${resolve(dirname(file), component)}.tsx` }];
  });
}

function chunkOf(bundle: Bundle, module: string): Rolldown.OutputChunk {
  const isOf = (each: Bundle[string]) => each.type === 'chunk' && each.facadeModuleId === module;
  const chunk = Object.values(bundle).find(isOf);
  if (chunk?.type !== 'chunk') throw new Error(`page-files: ${module} is in no chunk of its own`);
  return chunk;
}

interface Built {
  readonly bundle: Bundle;
  readonly html: string;
}

/** The page's chunk and all that it imports, less what the entry's page names already. */
function filesOf(path: string, page: Rolldown.OutputChunk, { bundle, html }: Built): PageFiles {
  const [scripts, styles] = [new Set<string>(), new Set<string>()];
  const follow = (name: string) => {
    const chunk = bundle[name];
    if (chunk?.type !== 'chunk' || scripts.has(name)) return;
    scripts.add(name);
    for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
    chunk.imports.forEach(follow);
  };
  follow(page.fileName);
  const isNew = (name: string) => !html.includes(`/${name}"`);
  return { path, scripts: [...scripts].filter(isNew), styles: [...styles].filter(isNew) };
}
