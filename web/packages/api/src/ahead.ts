/** Calls that a page has sent before its scripts were there, by a script in the page itself. */
export interface Ahead {
  /** The workspace that they were meant for, as in `SendOptions`; who is signed in is asked for every workspace. */
  readonly workspace: string | null;
  /** By path with its query string. */
  readonly answers: Map<string, Promise<Response>>;
  /** In milliseconds of `performance.now()`: what has not been taken by then is too old. */
  readonly until: number;
}

declare global {
  var keepwellAhead: Ahead | undefined;
}

/** What every call sends, and what names the workspace that it is meant for. */
export const ACCEPT = 'application/json, text/csv';
export const WORKSPACE_HEADER = 'Keepwell-Workspace';
export const SESSION_PATH = '/v1/session';

/** The answer to a call that has been sent already: only once, because the next call wants to know what is new. */
export function takeAhead(path: string, workspace: string | null): Promise<Response> | undefined {
  const ahead = globalThis.keepwellAhead;
  if (ahead === undefined || performance.now() > ahead.until) return undefined;
  if (workspace !== (path === SESSION_PATH ? null : ahead.workspace)) return undefined;
  const answer = ahead.answers.get(path);
  ahead.answers.delete(path);
  return answer;
}
