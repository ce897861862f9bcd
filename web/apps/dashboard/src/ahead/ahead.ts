/**
 * A script inside the page, which runs before any file has come: it sends the first calls of the page at the address,
 * and `send` takes their answers. So on a slow line they come together with the scripts, and not a round trip after them.
 */
import { ACCEPT, SESSION_PATH, WORKSPACE_HEADER } from '../../../../packages/api/src/ahead';
import { hasLeft, keptFor, workspaceOf } from '../offline/browser/reader';
import { callsOf } from './calls';

const LONGEST = 30_000;

function askAhead(): void {
  const { pathname, search } = window.location;
  const owner = keptFor();
  const workspace = owner === null ? null : workspaceOf(owner);
  const answers = new Map<string, Promise<Response>>();
  const ask = (path: string, meantFor: string | null) => {
    const headers = { Accept: ACCEPT, ...(meantFor !== null && { [WORKSPACE_HEADER]: meantFor }) };
    const answer = fetch(path, { headers });
    answer.catch(() => undefined); // Whoever takes it learns of it.
    answers.set(path, answer);
  };
  ask(SESSION_PATH, null);
  for (const path of callsOf(pathname, search)) ask(path, workspace);
  globalThis.keepwellAhead = { workspace, answers, until: performance.now() + LONGEST };
}

// A session that has been left without the server has to be ended before anything is asked.
if (!hasLeft()) askAhead();
