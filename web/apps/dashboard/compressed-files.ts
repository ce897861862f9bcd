import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

import type { Plugin } from 'vite';

const TEXTS = /^assets\/.*\.(?:js|mjs|css|svg|json)$/;
/** Below this, the answer's headers weigh more than what would be saved. */
const FEWEST_BYTES = 1024;
const LARGEST_SHARE = 0.9;

const CODINGS: Readonly<Record<string, (content: Buffer) => Promise<Buffer>>> = {
  br: (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
      },
    }),
  gz: (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

/** Writes a compressed twin beside each text among the assets, which the server sends to browsers that accept it. */
export function compressedFiles(): Plugin {
  return {
    name: 'compressed-files',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      const texts = Object.keys(bundle).filter((name) => TEXTS.test(name));
      await Promise.all(texts.map((name) => writeTwins(join(dir, name))));
    },
  };
}

async function writeTwins(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.byteLength < FEWEST_BYTES) return;
  for (const [ending, compress] of Object.entries(CODINGS)) {
    const packed = await compress(content);
    if (packed.byteLength < content.byteLength * LARGEST_SHARE) await writeFile(`${file}.${ending}`, packed);
  }
}
