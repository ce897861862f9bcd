import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { arriving } from './counted-fetch';

test('each byte is counted as it came, and what comes out is unpacked', async () => {
  const packed = gzipSync('x'.repeat(10_000));
  let counted = 0;
  const response = arriving(new Response(packed), {
    onBytes: (bytes) => {
      counted += bytes;
    },
    unpacked: 'application/wasm',
  });
  expect(await response.text()).toBe('x'.repeat(10_000));
  expect([counted, response.headers.get('Content-Type')]).toEqual([packed.byteLength, 'application/wasm']);
});

test('what is not packed stays as it is, with its own type', async () => {
  const sent = new Response('zip', { headers: { 'Content-Type': 'application/zip' } });
  const response = arriving(sent, { onBytes: () => undefined, unpacked: null });
  expect([await response.text(), response.headers.get('Content-Type')]).toEqual(['zip', 'application/zip']);
});

test('an answer that is no file is an error with its status', () => {
  const gone = new Response('', { status: 404 });
  expect(() => arriving(gone, { onBytes: () => undefined, unpacked: null })).toThrow('404');
});
