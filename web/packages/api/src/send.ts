import * as v from 'valibot';

import { ACCEPT, takeAhead, WORKSPACE_HEADER } from './ahead';
import type { Endpoint } from './endpoint';
import { ApiError, problemSchema, unexpectedResponse, unreachable } from './problem';

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** The origin of the API; by default that of the page. */
  readonly origin?: string;
  /** For scripts (`./keepwell token create`). A page has a session cookie instead. */
  readonly token?: string;
  /** For POST: use the same key for all attempts, so that the effect happens once. By default random. */
  readonly idempotencyKey?: string;
  /** The last known `etag`: if somebody else has made a change since, the call rejects with status 412. */
  readonly ifMatch?: string | null;
  /** The id of the workspace that the call is meant for: after a switch it rejects with `another-workspace`. By default see `actIn`. */
  readonly workspace?: string | null;
}

/** The workspace that the calls of this page are meant for. */
let workspaceOfPage: string | null = null;

/** From now on, calls of this page that are answered for another workspace reject; null takes every workspace. */
export function actIn(workspace: string | null): void {
  workspaceOfPage = workspace;
}

/** A response body and the version of the resource. */
export interface Exchange<Answer> {
  readonly answer: Answer;
  /** For `ifMatch` of the next change; null if the resource has no version. */
  readonly etag: string | null;
}

/** Sends the request. Rejects only with `ApiError`, or with the signal's reason if it was aborted. */
export async function send<Answer>(endpoint: Endpoint<Answer>, options: SendOptions = {}): Promise<Answer> {
  return (await exchange(endpoint, options)).answer;
}

/** Like `send`, but also returns the version, which a later change needs. */
export async function exchange<Answer>(
  endpoint: Endpoint<Answer>,
  options: SendOptions = {},
): Promise<Exchange<Answer>> {
  const response = await request(endpoint, options);
  const body = await readBody(response);
  if (!response.ok) throw errorOf(response, body);
  const parsed = v.safeParse(endpoint.schema, body);
  if (!parsed.success)
    throw unexpectedResponse(response.status, describeIssues(endpoint.path, parsed.issues));
  return { answer: parsed.output, etag: response.headers.get('ETag') };
}

async function request(endpoint: Endpoint<unknown>, options: SendOptions): Promise<Response> {
  const { signal, origin = '' } = options;
  const { method, path, body } = endpoint;
  try {
    const ahead = aheadOf(endpoint, options);
    if (ahead !== undefined) return await ahead;
    return await fetch(origin + path, {
      method,
      headers: headersOf(endpoint, options),
      body: encoded(body),
      signal: signal ?? null,
      // What a page does while it is being left still arrives.
      keepalive: method !== 'GET' && body === undefined,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable(cause);
  }
}

/** Only what reads, by the page's own session. */
function aheadOf({ method, path }: Endpoint<unknown>, options: SendOptions): Promise<Response> | undefined {
  const { origin = '', token, workspace = workspaceOfPage } = options;
  return method === 'GET' && origin === '' && token === undefined ? takeAhead(path, workspace) : undefined;
}

function headersOf({ method, body }: Endpoint<unknown>, options: SendOptions): Headers {
  const { token, ifMatch = null, idempotencyKey, workspace = workspaceOfPage } = options;
  const headers = new Headers({ Accept: ACCEPT });
  if (typeof encoded(body) === 'string') headers.set('Content-Type', 'application/json');
  if (method === 'POST') headers.set('Idempotency-Key', idempotencyKey ?? randomKey());
  if (ifMatch !== null) headers.set('If-Match', ifMatch);
  if (workspace !== null) headers.set(WORKSPACE_HEADER, workspace);
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
  return headers;
}

/** Instead of `randomUUID`, which browsers offer only over HTTPS. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function encoded(body: unknown): URLSearchParams | string | null {
  if (body === undefined) return null;
  return body instanceof URLSearchParams ? body : JSON.stringify(body);
}

/** The parsed JSON, undefined if the body is empty, and the text of anything else. */
async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  if (!/[/+]json\b/.test(response.headers.get('Content-Type') ?? '')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Invalid JSON: the caller decides by status and schema.
  }
}

function errorOf({ status, headers }: Response, body: unknown): ApiError {
  const parsed = v.safeParse(problemSchema, body);
  if (parsed.success)
    return new ApiError(parsed.output, { retryAfter: secondsOf(headers.get('Retry-After')) });
  return unexpectedResponse(status, `The server responded with status ${status} and no explanation.`);
}

function secondsOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function describeIssues(path: string, issues: readonly v.BaseIssue<unknown>[]): string {
  const fields = issues.map((issue) => v.getDotPath(issue) ?? 'the body');
  return `${path}: unexpected ${[...new Set(fields)].slice(0, 3).join(', ')}.`;
}
