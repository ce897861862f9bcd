import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { compressedFiles } from './compressed-files.ts';
import { pyodideFiles } from './pyodide-files.ts';

const SERVER = 'http://127.0.0.1:8765';

/** Libraries rarely change; in separate files, browsers keep them over many releases. */
const LIBRARIES = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'aria', test: /node_modules\/(react-aria|react-stately|@react-|@internationalized)/ },
  { name: 'tanstack', test: /node_modules\/@tanstack\// },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), pyodideFiles(), compressedFiles()],
  worker: {
    format: 'es',
    // The server recognizes the worker by this name, because workers have their own security policy.
    rolldownOptions: { output: { entryFileNames: 'assets/play-worker-[hash].js' } },
  },
  // The server replaces this with a new nonce for each page, and adds that to the security policy.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: '../../../src/keepwell/app/static',
    emptyOutDir: true,
    assetsInlineLimit: 0, // The server's content security policy allows no data: fonts.
    rolldownOptions: {
      input: ['index.html', 'docs/index.html'],
      output: { codeSplitting: { groups: LIBRARIES } },
    },
  },
  server: {
    proxy: { '/v1': SERVER, '/sign-in': SERVER, '/openapi.json': SERVER },
  },
});
