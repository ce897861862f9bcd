import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';

import type { Endpoint } from './endpoint';
import { ApiError } from './problem';
import { actIn, exchange, send } from './send';

const greeting: Endpoint<{ word: string }> = {
  method: 'GET',
  path: '/v1/greeting',
  schema: v.object({ word: v.string() }),
};

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PROBLEM_TYPE = { 'Content-Type': 'application/problem+json' };
const GREETED = '{"word":"hello","extra":1}';

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

/** Starts a server that answers every request with a greeting, and records the requests. */
async function record(): Promise<{ origin: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const origin = await serve((request, response) => {
    requests.push(request);
    response.writeHead(200, { ...JSON_TYPE, ETag: '"4"' }).end(GREETED);
  });
  return { origin, requests };
}

async function failureOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
}

afterEach(() => server?.close());

test('a response that matches the schema is returned', async () => {
  const { origin } = await record();
  expect(await send(greeting, { origin })).toEqual({ word: 'hello' });
});

test('an error keeps its problem details', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Not found',
    status: 404,
    detail: 'No such account.',
    code: 'not_found',
    hint: 'Look at /v1/accounts.',
  };
  const origin = await serve((_, response) =>
    response.writeHead(404, PROBLEM_TYPE).end(JSON.stringify(problem)),
  );
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem).toEqual(problem);
  expect(error.isNotFound).toBe(true);
  expect(error.isTransient).toBe(false);
});

test('a refusal says after how many seconds the same call may succeed, and whether it is about the session', async () => {
  const problem = { title: 'Too many', status: 429, code: 'rate-limited' };
  const limited = await serve((_, response) =>
    response.writeHead(429, { ...PROBLEM_TYPE, 'Retry-After': '80' }).end(JSON.stringify(problem)),
  );
  const error = await failureOf(send(greeting, { origin: limited }));
  expect([error.retryAfter, error.isSignedOut]).toEqual([80, false]);
  server?.close();
  const wrong = await serve((_, response) =>
    response
      .writeHead(401, PROBLEM_TYPE)
      .end(JSON.stringify({ ...problem, status: 401, code: 'wrong-password' })),
  );
  const refused = await failureOf(send(greeting, { origin: wrong }));
  expect([refused.retryAfter, refused.isSignedOut]).toEqual([null, false]);
});

test('an error without problem details names its status', async () => {
  const origin = await serve((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem.detail).toContain('502');
  expect(error.isTransient).toBe(true);
});

test('a response that does not match the schema names the field', async () => {
  const origin = await serve((_, response) => response.writeHead(200, JSON_TYPE).end('{"word":7}'));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem).toMatchObject({
    code: 'unexpected_answer',
    detail: '/v1/greeting: unexpected word.',
  });
});

test('an unreachable server gives a hint how to start it', async () => {
  const origin = await serve((_, response) => response.end());
  await new Promise((resolve) => server?.close(resolve));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem.hint).toContain('./keepwell up');
  expect(error.isTransient).toBe(true);
});

test('an aborted call rejects with the reason of its signal', async () => {
  const origin = await serve(() => undefined);
  const controller = new AbortController();
  const call = send(greeting, { origin, signal: controller.signal });
  controller.abort();
  await expect(call).rejects.toThrow(/abort/i);
  server?.closeAllConnections();
});

test('a response without a body is undefined', async () => {
  const origin = await serve((_, response) => response.writeHead(204).end());
  const call = send({ ...greeting, method: 'POST', schema: v.void() }, { origin });
  await expect(call).resolves.toBeUndefined();
});

test('a response that is not JSON is returned as text', async () => {
  const csv = { 'Content-Type': 'text/csv; charset=utf-8' };
  const origin = await serve((_, response) => response.writeHead(200, csv).end('1\r\n'));
  expect(await send({ ...greeting, schema: v.string() }, { origin })).toBe('1\r\n');
});

test('each POST has a new idempotency key, or the given one', async () => {
  const { origin, requests } = await record();
  const post = { ...greeting, method: 'POST', body: {} } as const;
  await send(post, { origin });
  await send(post, { origin });
  await send(post, { origin, idempotencyKey: 'import-7' });
  const [first, second, third] = requests.map(({ headers }) => headers['idempotency-key']);
  expect(first).toMatch(/^[\da-f]{32}$/);
  expect(second).not.toBe(first);
  expect(third).toBe('import-7');
});

test('a GET has no idempotency key and no body', async () => {
  const { origin, requests } = await record();
  await send(greeting, { origin });
  expect(requests[0]?.headers).not.toHaveProperty('idempotency-key');
  expect(requests[0]?.headers).not.toHaveProperty('content-type');
});

test('the version that was read is sent with a change', async () => {
  const { origin, requests } = await record();
  const { answer, etag } = await exchange(greeting, { origin });
  expect(answer).toEqual({ word: 'hello' });
  expect(etag).toBe('"4"');
  await send({ ...greeting, method: 'PATCH', body: answer }, { origin, ifMatch: etag });
  expect(requests[1]?.headers['if-match']).toBe('"4"');
});

test('a body is sent as JSON, and a form as a form', async () => {
  const received: string[] = [];
  const origin = await serve((request, response) => {
    request.on('data', (part) => received.push(`${request.headers['content-type']} ${part}`));
    request.on('end', () => {
      response.writeHead(200, JSON_TYPE).end(GREETED);
    });
  });
  await send({ ...greeting, method: 'POST', body: { word: 'ä' } }, { origin });
  await send({ ...greeting, method: 'POST', body: new URLSearchParams({ word: 'ä' }) }, { origin });
  expect(received).toEqual([
    'application/json {"word":"ä"}',
    'application/x-www-form-urlencoded;charset=UTF-8 word=%C3%A4',
  ]);
});

test('a token is sent as a bearer token', async () => {
  const { origin, requests } = await record();
  await send(greeting, { origin, token: 'kw_1' });
  expect(requests[0]?.headers.authorization).toBe('Bearer kw_1');
});

test('a page names its workspace with each call, unless a call is for any', async () => {
  const { origin, requests } = await record();
  actIn('w1');
  await send(greeting, { origin });
  await send(greeting, { origin, workspace: 'w2' });
  await send(greeting, { origin, workspace: null });
  actIn(null);
  await send(greeting, { origin });
  const named = requests.map(({ headers }) => headers['keepwell-workspace']);
  expect(named).toEqual(['w1', 'w2', undefined, undefined]);
});
