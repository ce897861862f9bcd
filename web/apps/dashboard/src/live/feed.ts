import { ApiError, listChanges, send } from '@keepwell/api';
import { createParser } from 'eventsource-parser';
import * as v from 'valibot';

import type { Ended, Feed, Heard, Page } from './follow';

const STREAM = '/v1/changes/stream';
const PAGE_SIZE = 200;
/** The server sends a comment every 15 seconds: after twice that and a little, the connection is dead. */
const SILENCE = 40_000;
/** It says at once where it begins: if that does not come, a proxy collects what is sent. */
const FIRST_SILENCE = 10_000;
/** The server may be behind a network that swallows requests. */
const PATIENCE = 15_000;

const positionSchema = v.object({ version: v.number() });
const changeSchema = v.object({ version: v.number(), kind: v.string(), record_id: v.string() });

/**
 * The changes feed of this server. The stream is read by `fetch`: `EventSource` tells neither the status of a refusal
 * nor that nothing comes any more.
 */
export const feed: Feed = { stream, ask };

async function stream(after: number | null, heard: Heard, signal: AbortSignal): Promise<Ended> {
  const watchdog = new Watchdog(FIRST_SILENCE);
  try {
    const response = await fetch(after === null ? STREAM : `${STREAM}?after=${after}`, {
      headers: { Accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, watchdog.signal]),
    });
    const refusal = refused(response.status);
    if (refusal !== null || response.body === null) return refusal ?? 'closed';
    await readAll(response.body, { heard, watchdog });
    return 'closed';
  } catch {
    return 'unreachable';
  } finally {
    watchdog.stop();
  }
}

async function readAll(
  body: ReadableStream<Uint8Array>,
  { heard, watchdog }: { readonly heard: Heard; readonly watchdog: Watchdog },
): Promise<void> {
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'position') heard.onPosition(v.parse(positionSchema, JSON.parse(data)).version);
      if (event === 'change') heard.onChange(v.parse(changeSchema, JSON.parse(data)));
    },
  });
  const [reader, texts] = [body.getReader(), new TextDecoder()];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    watchdog.rest(SILENCE);
    heard.onHeard();
    parser.feed(texts.decode(value, { stream: true }));
  }
}

async function ask(after: number | null, signal: AbortSignal): Promise<Page | Ended> {
  const query = after === null ? { limit: 1 } : { after, limit: PAGE_SIZE };
  try {
    return await send(listChanges({ query }), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
    });
  } catch (error) {
    return (error instanceof ApiError ? refused(error.problem.status) : null) ?? 'unreachable';
  }
}

function refused(status: number): Ended | null {
  if (status === 401) return 'signed-out';
  if (status === 410) return 'unknown-version';
  return status >= 400 ? 'unreachable' : null;
}

/** Aborts when nothing has come for some time. */
class Watchdog {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number) {
    this.timer = this.later(milliseconds);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  rest(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = this.later(milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(milliseconds: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.controller.abort();
    }, milliseconds);
  }
}
