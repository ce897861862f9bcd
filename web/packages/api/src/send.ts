import * as v from 'valibot';

import type { Endpoint } from './endpoint';
import { ApiError, problemSchema, unexpectedAnswer, unreachable } from './problem';

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Where the API lives; empty for the origin of the page. */
  readonly origin?: string;
  /** Of a script (`./keepwell token create`). A page has its session's cookie instead. */
  readonly token?: string;
  /** Of a POST: the same key for every try of one effect, which then happens once. Left out, a random one. */
  readonly idempotencyKey?: string;
  /** The `etag` that was seen last: where somebody has changed it since, the call rejects with status 412. */
  readonly ifMatch?: string | null;
}

/** An answer and the version of what it shows. */
export interface Exchange<Answer> {
  readonly answer: Answer;
  /** For `ifMatch` of the next change; null of what has no version. */
  readonly etag: string | null;
}

/** Makes the call. Rejects with `ApiError` only, or with the signal's reason when it was aborted. */
export async function send<Answer>(endpoint: Endpoint<Answer>, options: SendOptions = {}): Promise<Answer> {
  return (await exchange(endpoint, options)).answer;
}

/** As `send`, for those who will change what they read. */
export async function exchange<Answer>(
  endpoint: Endpoint<Answer>,
  options: SendOptions = {},
): Promise<Exchange<Answer>> {
  const response = await reach(endpoint, options);
  const body = await readBody(response);
  if (!response.ok) throw refusal(response.status, body);
  const parsed = v.safeParse(endpoint.schema, body);
  if (!parsed.success) throw unexpectedAnswer(response.status, describeIssues(endpoint.path, parsed.issues));
  return { answer: parsed.output, etag: response.headers.get('ETag') };
}

async function reach(endpoint: Endpoint<unknown>, options: SendOptions): Promise<Response> {
  const { signal, origin = '' } = options;
  const { method, path, body } = endpoint;
  try {
    return await fetch(origin + path, {
      method,
      headers: headersOf(endpoint, options),
      body: written(body),
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable(cause);
  }
}

function headersOf({ method, body }: Endpoint<unknown>, options: SendOptions): Headers {
  const { token, ifMatch = null, idempotencyKey } = options;
  const headers = new Headers({ Accept: 'application/json, text/csv' });
  if (typeof written(body) === 'string') headers.set('Content-Type', 'application/json');
  if (method === 'POST') headers.set('Idempotency-Key', idempotencyKey ?? randomKey());
  if (ifMatch !== null) headers.set('If-Match', ifMatch);
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  return headers;
}

/** As good as `randomUUID`, which a page has over HTTPS only: a server at home may have none. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function written(body: unknown): URLSearchParams | string | null {
  if (body === undefined) return null;
  return body instanceof URLSearchParams ? body : JSON.stringify(body);
}

/** The value of JSON, undefined of nothing, and the text of anything else. */
async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  if (!/[/+]json\b/.test(response.headers.get('Content-Type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Broken JSON: the caller judges by the status and the schema.
  }
}

function refusal(status: number, body: unknown): ApiError {
  const parsed = v.safeParse(problemSchema, body);
  if (parsed.success) return new ApiError(parsed.output);
  return unexpectedAnswer(status, `The server answered with status ${status} and no explanation.`);
}

function describeIssues(path: string, issues: readonly v.BaseIssue<unknown>[]): string {
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'the body');
  return `${path}: unexpected ${[...new Set(fields)].slice(0, 3).join(', ')}.`;
}
