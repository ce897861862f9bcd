import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers by "METHOD /path", without the query. */
export type Answers = Record<string, Answer | ((query: URLSearchParams) => Answer)>;

export interface ApiServer {
  readonly origin: string;
  /** All calls so far, with their queries. */
  readonly calls: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startApiServer(answers: Answers): Promise<ApiServer> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    calls.push(`${request.method} ${request.url}`);
    const known = answers[`${request.method} ${url.pathname}`];
    const answer = typeof known === 'function' ? known(url.searchParams) : known;
    const { status = 200, body, headers = {} } = answer ?? notFound(url.pathname);
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, calls, close: () => closed(server) };
}

export function problem(status: number, detail: string, hint: string): Answer {
  return {
    status,
    body: { type: 'about:blank', title: 'Refused', status, detail, code: 'refused', hint },
  };
}

function notFound(path: string): Answer {
  return problem(404, `Nothing at ${path}.`, 'Check the path.');
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
