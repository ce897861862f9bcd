import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import * as v from 'valibot';
import { afterEach, expect, test } from 'vitest';

import type { Endpoint } from './endpoint';
import { ApiError } from './problem';
import { send } from './send';

const greeting: Endpoint<{ word: string }> = {
  method: 'GET',
  path: '/v1/greeting',
  schema: v.object({ word: v.string() }),
};

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
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

test('an answer of the promised shape is returned', async () => {
  const origin = await serve((_, response) => response.end('{"word":"hello","extra":1}'));
  expect(await send(greeting, { origin })).toEqual({ word: 'hello' });
});

test('a refusal keeps its problem details', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Not found',
    status: 404,
    detail: 'No such account.',
    code: 'not_found',
    hint: 'Look at /v1/accounts.',
  };
  const origin = await serve((_, response) => response.writeHead(404).end(JSON.stringify(problem)));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem).toEqual(problem);
  expect(error.isNotFound).toBe(true);
  expect(error.isTransient).toBe(false);
});

test('a refusal without problem details names its status', async () => {
  const origin = await serve((_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem.detail).toContain('502');
  expect(error.isTransient).toBe(true);
});

test('an answer of another shape names the field', async () => {
  const origin = await serve((_, response) => response.end('{"word":7}'));
  const error = await failureOf(send(greeting, { origin }));
  expect(error.problem).toMatchObject({
    code: 'unexpected_answer',
    detail: '/v1/greeting: unexpected word.',
  });
});

test('a stopped server says how to start it', async () => {
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

test('a call without a body in its answer returns nothing', async () => {
  const origin = await serve((_, response) => response.writeHead(204).end());
  expect(await send({ method: 'POST', path: '/v1/session/end', schema: null }, { origin })).toBeUndefined();
});
