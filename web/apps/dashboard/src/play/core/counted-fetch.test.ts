import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { countBytes } from './counted-fetch';

test('bytes are counted as transferred, and the body is gunzipped', async () => {
  const packed = gzipSync('x'.repeat(10_000));
  let counted = 0;
  const response = countBytes(new Response(packed), {
    onBytes: (bytes) => {
      counted += bytes;
    },
    unpacked: 'application/wasm',
  });
  expect(await response.text()).toBe('x'.repeat(10_000));
  expect([counted, response.headers.get('Content-Type')]).toEqual([packed.byteLength, 'application/wasm']);
});

test('a body that is not packed keeps its content and type', async () => {
  const sent = new Response('zip', { headers: { 'Content-Type': 'application/zip' } });
  const response = countBytes(sent, { onBytes: () => undefined, unpacked: null });
  expect([await response.text(), response.headers.get('Content-Type')]).toEqual(['zip', 'application/zip']);
});

test('a response other than 2xx is an error that names its status', () => {
  const gone = new Response('', { status: 404 });
  expect(() => countBytes(gone, { onBytes: () => undefined, unpacked: null })).toThrow('404');
});
