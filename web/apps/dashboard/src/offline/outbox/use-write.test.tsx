// @vitest-environment happy-dom
import type { Endpoint } from '@keepwell/api';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Window } from 'happy-dom';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';

import * as v from 'valibot';

import { keepFor } from '../browser/reader';
import { outbox } from './of-this-tab';
import { useOutbox } from './use-outbox';
import { shown, useWrite } from './use-write';

interface Call {
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server with one thing that has a name; it can be away, and refuse. */
const thing = { name: 'old', version: 1, refuses: 0, calls: [] as Call[] };
let server: Server;

function answer(method: string, { name, headers }: Call): { status: number; body: unknown } {
  const etag = `"${thing.version}"`;
  if (method === 'GET') return { status: 200, body: { name: thing.name } };
  thing.calls.push({ name, headers });
  if (thing.refuses !== 0)
    return { status: thing.refuses, body: { title: 'Refused', status: thing.refuses } };
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
    return { status: 412, body: { title: 'Changed meanwhile', status: 412 } };
  Object.assign(thing, { name, version: thing.version + 1 });
  return { status: 200, body: { name } };
}

async function listen(port = 0): Promise<number> {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { name = '' } = (text === '' ? {} : JSON.parse(text)) as { name?: string };
      const { status, body } = answer(request.method ?? '', { name, headers: request.headers });
      const headers = { 'Content-Type': 'application/json', Connection: 'close', ETag: `"${thing.version}"` };
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function away(): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

const named = (method: 'POST' | 'PATCH', name: string): Endpoint<{ name: string }> => ({
  method,
  path: '/v1/thing',
  body: { name },
  schema: v.object({ name: v.string() }),
});

interface ThingProps {
  readonly method?: 'POST' | 'PATCH';
  readonly ifMatch?: string;
  readonly isSecret?: boolean;
}

function Thing({ method = 'PATCH', ifMatch, isSecret = false }: ThingProps) {
  const { data } = useQuery({
    queryKey: ['thing'],
    queryFn: () => ({ name: thing.name }),
    staleTime: Infinity,
  });
  const { waiting, refused } = useOutbox();
  const rename = useWrite({
    endpoint: (name: string) => named(method, name),
    label: (name) => `Rename to ${name}`,
    ifMatch: () => ifMatch ?? null,
    shows: (name) => [shown<{ name: string }>(['thing'], (before) => ({ ...before, name }))],
    affects: () => [['thing']],
    isSecret,
  });
  const theirs = rename.conflict?.theirs?.value as { name: string } | undefined;
  return (
    <>
      <p>name: {data?.name}</p>
      <p>state: {rename.state}</p>
      <p>
        waiting: {waiting.length}, tray: {refused.length}
      </p>
      <p>
        mine: {rename.conflict?.mine}, theirs: {theirs?.name}
      </p>
      <button
        onClick={() => {
          rename.write('new');
        }}
      >
        rename
      </button>
      <button onClick={rename.keepMine}>keep mine</button>
    </>
  );
}

async function openThing(props: ThingProps = {}) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Thing {...props} />
    </QueryClientProvider>,
  );
  await screen.findByText('name: old');
}

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(async () => {
  Object.assign(thing, { name: 'old', version: 1, refuses: 0, calls: [] });
  const port = await listen();
  (window as unknown as Window).happyDOM.setURL(`http://127.0.0.1:${port}/`);
  keepFor('nia');
  await outbox.openFor('nia');
});
afterEach(async () => {
  cleanup();
  await outbox.erase();
  await outbox.openFor(null);
  await away();
});

test('a change is shown at once and saved', async () => {
  await openThing();
  await press('rename');
  await screen.findByText('name: new');
  await screen.findByText('state: saved');
  await screen.findByText('waiting: 0, tray: 0');
  expect(thing.name).toBe('new');
});

test('a change that the server refuses is taken back, and the page says so instead of the tray', async () => {
  thing.refuses = 422;
  await openThing();
  await press('rename');
  await screen.findByText('state: refused');
  await screen.findByText('name: old');
  await screen.findByText('waiting: 0, tray: 0');
});

test('of a conflict the page has both values, and mine can be written over theirs', async () => {
  await openThing({ ifMatch: '"1"' });
  Object.assign(thing, { name: 'somebody else’s', version: 2 });
  await press('rename');
  await screen.findByText('state: conflict');
  await screen.findByText('mine: new, theirs: somebody else’s');
  await press('keep mine');
  await screen.findByText('state: saved');
  expect(thing.name).toBe('new');
});

test('without the server a change waits, and is sent once with the key of its first attempt', async () => {
  const { port } = server.address() as AddressInfo;
  await openThing({ method: 'POST' });
  await away();
  await press('rename');
  await screen.findByText('state: waiting');
  await screen.findByText('waiting: 1, tray: 0');
  await screen.findByText('name: new');
  const [write] = outbox.current().waiting;
  await listen(port);
  await outbox.send();
  await screen.findByText('state: saved');
  expect(thing.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([write?.id]);
});

test('what waited and is refused then stays in the tray until it is sent again or discarded', async () => {
  const { port } = server.address() as AddressInfo;
  await openThing();
  await away();
  await press('rename');
  await screen.findByText('state: waiting');
  thing.refuses = 403;
  await listen(port);
  await outbox.send();
  await screen.findByText('waiting: 0, tray: 1');
  thing.refuses = 0;
  const [refused] = outbox.current().refused;
  await outbox.retry(refused?.id ?? '');
  await screen.findByText('waiting: 0, tray: 0');
  await waitFor(() => {
    expect(thing.name).toBe('new');
  });
});

test('a write with a secret is not stored: without the server it fails at once', async () => {
  await openThing({ isSecret: true });
  const stored: number[] = [];
  const stop = outbox.subscribe(() => stored.push(outbox.current().waiting.length));
  await away();
  await press('rename');
  await screen.findByText('state: refused');
  await screen.findByText('name: old');
  stop();
  expect(stored).toEqual([]);
  await listen();
});
