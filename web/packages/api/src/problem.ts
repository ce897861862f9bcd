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

/** The one error that a call of this client rejects with. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(`${problem.title}: ${problem.detail}`, options);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get isSignedOut(): boolean {
    return this.problem.status === 401;
  }

  get isNotFound(): boolean {
    return this.problem.status === 404;
  }

  /** True where the same call may succeed later: no answer at all, a crowded server, a failing server. */
  get isTransient(): boolean {
    const { status } = this.problem;
    return status === 0 || status === 429 || status >= 500;
  }
}

/** No answer came: the server is stopped or the network is down. Its status is 0. */
export function unreachable(cause: unknown): ApiError {
  const problem: Problem = {
    type: 'about:blank',
    title: 'Keepwell does not answer',
    status: 0,
    detail: 'The page could not reach its server.',
    code: 'unreachable',
    hint: 'Check that ./keepwell up is running, then try again.',
  };
  return new ApiError(problem, { cause });
}

/** An answer came that is not what the API promises, for example from a proxy or an older server. */
export function unexpectedAnswer(status: number, detail: string): ApiError {
  return new ApiError({
    type: 'about:blank',
    title: 'An answer this page does not understand',
    status,
    detail,
    code: 'unexpected_answer',
    hint: 'Reload the page: the server may have been updated since it was opened.',
  });
}
