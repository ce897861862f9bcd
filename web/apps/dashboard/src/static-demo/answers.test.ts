// @vitest-environment happy-dom
import type { Window } from 'happy-dom';
import { beforeEach, expect, test, vi } from 'vitest';

import { recordedFetch } from './answers';
import { requestName } from './names';

const MRR = { file: 'mrr.json', type: 'application/json', etag: '"1"' };
const FILES: Readonly<Record<string, unknown>> = {
  '/keepwell/answers/index.json': { '/v1/metrics/movements?by=month&to=2024-12-31': MRR },
  '/keepwell/answers/mrr.json': { mrr: '1.00' },
  '/assets/page.css': 'a file',
};

const asked: string[] = [];
const missing: string[] = [];
const real = vi.fn((input: string) => {
  asked.push(input);
  return Promise.resolve(Response.json(FILES[input]));
});
const answered = recordedFetch(real as unknown as typeof fetch, {
  base: '/keepwell/',
  onMissing: (request) => missing.push(request),
});

beforeEach(() => {
  (window as unknown as Window).happyDOM.setURL('https://name.example/keepwell/');
  asked.length = 0;
  missing.length = 0;
});

test('a recorded request is answered with its body, type and version, whatever the order of its parameters', async () => {
  const response = await answered('/v1/metrics/movements?to=2024-12-31&by=month');
  expect(await response.json()).toEqual({ mrr: '1.00' });
  expect(response.headers.get('Content-Type')).toBe('application/json');
  expect(response.headers.get('ETag')).toBe('"1"');
  expect(asked.at(-1)).toBe('/keepwell/answers/mrr.json');
});

test('a request that is not recorded is a problem that says so, and is noted', async () => {
  const response = await answered('/v1/metrics/movements?by=day');
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 'not-in-static-demo', status: 403 });
  expect(missing).toEqual(['/v1/metrics/movements?by=day']);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  '%s is refused, because the demo is read-only',
  async (method) => {
    const response = await answered('/v1/accounts', { method });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'read-only-demo' });
    expect(asked).toEqual([]);
  },
);

test('signing out has nothing to end, and succeeds', async () => {
  const response = await answered('/v1/session/end', { method: 'POST' });
  expect(response.status).toBe(204);
});

test('files of the build are fetched as always', async () => {
  await answered('/assets/page.css');
  expect(asked).toEqual(['/assets/page.css']);
});

test('the name of a request holds its values unescaped and sorted', () => {
  const url = new URL('https://example.com/v1/accounts?sort=-mrr&q=a+%26+b&limit=100');
  expect(requestName(url)).toBe('/v1/accounts?limit=100&q=a & b&sort=-mrr');
});
