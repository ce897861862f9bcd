import { isAsked, requestName } from './names';
import { foundAccounts, type Recorded } from './search';
import { silentStream } from './silent-stream';

/** Where a recorded answer lies, and what its headers said. */
export interface RecordedAnswer {
  readonly file: string;
  readonly type: string;
  readonly etag: string | null;
}

/** The recorded answers by `requestName`. */
export type Recording = Readonly<Record<string, RecordedAnswer>>;

/** A `fetch` that answers requests of the API from the recording, and leaves all others to `real`. */
export function recordedFetch(
  real: typeof fetch,
  { base, onMissing }: { readonly base: string; readonly onMissing: (request: string) => void },
): typeof fetch {
  let loading: Promise<Recording> | undefined;
  const recorded: Recorded = async (name) => {
    const found = (await (loading ??= loadRecording(real, base)))[name];
    return found === undefined ? undefined : answerOf(await real(`${base}answers/${found.file}`), found);
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.origin !== location.origin || !isAsked(url.pathname)) return real(input, init);
    const special = specialAnswer(request, url);
    if (special !== undefined) return special;
    const name = requestName(url);
    const answer = (await recorded(name)) ?? (await foundAccounts(url, recorded));
    request.signal.throwIfAborted();
    if (answer !== undefined) return answer;
    onMissing(name);
    return refusal(NOT_RECORDED);
  };
}

/** What needs no recording. */
function specialAnswer({ method, signal }: Request, { pathname }: URL): Response | undefined {
  if (pathname === '/v1/changes/stream') return silentStream(signal);
  // Nobody has signed in, so that signing out leads back here.
  if (pathname === '/v1/session/end') return new Response(null, { status: 204 });
  return method === 'GET' ? undefined : refusal(READ_ONLY);
}

async function loadRecording(real: typeof fetch, base: string): Promise<Recording> {
  const response = await real(`${base}answers/index.json`);
  return (await response.json()) as Recording;
}

function answerOf(file: Response, { type, etag }: RecordedAnswer): Response {
  if (!file.ok) return refusal(NOT_RECORDED);
  const headers = new Headers({ 'Content-Type': type });
  if (etag !== null) headers.set('ETag', etag);
  return new Response(file.body, { headers });
}

interface Refusal {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
}

const READ_ONLY: Refusal = {
  code: 'read-only-demo',
  title: 'This is a read-only demo',
  detail: 'It has no server, so nothing can be changed in it.',
};

const NOT_RECORDED: Refusal = {
  code: 'not-in-static-demo',
  title: 'Not part of the static demo',
  detail: 'This demo has no server: it shows recorded answers, and there is none for this.',
};

/** Status 403: nothing is wrong, and asking again will not help. */
function refusal(why: Refusal): Response {
  const status = 403;
  const problem = {
    type: 'about:blank',
    status,
    ...why,
    hint: 'To see everything, run ./keepwell demo in a checkout.',
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}
