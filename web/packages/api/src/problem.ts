import * as v from 'valibot';

/** An error as RFC 9457 problem details, with Keepwell's `code` and `hint` (what to do next). */
export const problemSchema = v.object({
  type: v.fallback(v.string(), 'about:blank'),
  title: v.string(),
  status: v.number(),
  detail: v.fallback(v.string(), ''),
  code: v.fallback(v.string(), 'unknown'),
  /** Empty if there is no advice. */
  hint: v.fallback(v.string(), ''),
});

export type Problem = v.InferOutput<typeof problemSchema>;

/** The only error that a call of this client rejects with. */
export class ApiError extends Error {
  readonly problem: Problem;
  /** After how many seconds the same call may succeed, if the server says so. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, options: ErrorOptions & { readonly retryAfter?: number | null } = {}) {
    super(`${problem.title}: ${problem.detail}`, options);
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfter = options.retryAfter ?? null;
  }

  /** True if the call needs a session and has none; a wrong password says nothing about the session. */
  get isSignedOut(): boolean {
    return this.problem.status === 401 && this.problem.code !== 'wrong-password';
  }

  /** True if the browser has been switched to another workspace, or to another session altogether. */
  get isOfAnotherSession(): boolean {
    return this.isSignedOut || this.problem.code === 'another-workspace';
  }

  get isNotFound(): boolean {
    return this.problem.status === 404;
  }

  /** True if the same call may succeed later: the server is unreachable, overloaded or failing. */
  get isTransient(): boolean {
    const { status } = this.problem;
    return status === 0 || status === 429 || status >= 500;
  }
}

/** There was no response: the server is stopped or the network is down. The status is 0. */
export function unreachable(cause: unknown): ApiError {
  const problem: Problem = {
    type: 'about:blank',
    title: 'Keepwell is not responding',
    status: 0,
    detail: 'The page could not reach the server.',
    code: 'unreachable',
    hint: 'Check that ./keepwell up is running, then try again.',
  };
  return new ApiError(problem, { cause });
}

/** The response does not match the API, for example because it is from a proxy or an older server. */
export function unexpectedResponse(status: number, detail: string): ApiError {
  return new ApiError({
    type: 'about:blank',
    title: 'Unexpected response',
    status,
    detail,
    code: 'unexpected_answer',
    hint: 'Reload the page: the server may have been updated since it was opened.',
  });
}
