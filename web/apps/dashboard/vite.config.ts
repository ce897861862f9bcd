import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { aheadScript } from './ahead-script.ts';
import { chunks, fileName } from './chunks.ts';
import { compressedFiles } from './compressed-files.ts';
import { pyodideFiles } from './pyodide-files.ts';
import { pageFiles } from './page-files.ts';
import { serviceWorker } from './service-worker.ts';

const SERVER = 'http://127.0.0.1:8765';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), aheadScript(), pageFiles(), pyodideFiles(), compressedFiles(), serviceWorker()],
  worker: {
    format: 'es',
    // The server recognizes the worker by this name, because workers have their own security policy.
    rolldownOptions: { output: { entryFileNames: 'assets/play-worker-[hash].js' } },
  },
  // The server replaces this with a new nonce for each page, and adds that to the security policy.
  html: { cspNonce: '__CSP_NONCE__' },
  // Scripts and styles find each other wherever they lie, as in the static demo, which is served below a path.
  experimental: {
    renderBuiltUrl: (_, { hostType }) => (hostType === 'html' ? undefined : { relative: true }),
  },
  build: {
    outDir: '../../../src/keepwell/app/static',
    emptyOutDir: true,
    assetsInlineLimit: 0, // The server's content security policy allows no data: fonts.
    rolldownOptions: {
      // Words do nothing by themselves: each page takes only its own.
      treeshake: { moduleSideEffects: [{ test: /\/src\/texts\//, sideEffects: false }] },
      input: ['index.html', 'docs/index.html', 'src/static-demo/static-demo.ts'],
      output: { codeSplitting: { groups: chunks() }, chunkFileNames: fileName },
    },
  },
  server: {
    proxy: { '/v1': SERVER, '/sign-in': SERVER, '/openapi.json': SERVER },
  },
});
