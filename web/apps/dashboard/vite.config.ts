import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { pyodideFiles } from './pyodide-files.ts';

const SERVER = 'http://127.0.0.1:8765';

/** Libraries change seldom: apart from our code, browsers keep them over many releases. */
const LIBRARIES = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
  { name: 'aria', test: /node_modules\/(react-aria|react-stately|@react-|@internationalized)/ },
  { name: 'tanstack', test: /node_modules\/@tanstack\// },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), pyodideFiles()],
  worker: {
    format: 'es',
    // The server knows by its name that it is a worker, which has a security policy of its own.
    rolldownOptions: { output: { entryFileNames: 'assets/play-worker-[hash].js' } },
  },
  // The server puts a new nonce in its place for each page, and into the page's security policy.
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
