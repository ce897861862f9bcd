import * as v from 'valibot';

import type { Endpoint } from './endpoint';
import { ApiError, problemSchema, unexpectedAnswer, unreachable } from './problem';

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** Where the API lives; empty for the origin of the page. */
  readonly origin?: string;
}

/** Makes the call. Rejects with `ApiError` only, or with the signal's reason when it was aborted. */
export async function send<Answer>(endpoint: Endpoint<Answer>, options: SendOptions = {}): Promise<Answer> {
  const response = await reach(endpoint, options);
  const body = await readBody(response);
  if (!response.ok) throw refusal(response.status, body);
  if (endpoint.schema === null) return undefined as Answer;
  const parsed = v.safeParse(endpoint.schema, body);
  if (!parsed.success) throw unexpectedAnswer(response.status, describeIssues(endpoint.path, parsed.issues));
  return parsed.output;
}

async function reach(endpoint: Endpoint<unknown>, { signal, origin = '' }: SendOptions): Promise<Response> {
  try {
    return await fetch(origin + endpoint.path, {
      method: endpoint.method,
      headers: { Accept: 'application/json' },
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable(cause);
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON: the caller judges by the status and the schema.
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
