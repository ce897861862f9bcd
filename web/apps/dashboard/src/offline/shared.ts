import type { QueryClient } from '@tanstack/react-query';

import { openTable, type Table } from './browser/database';

/** The query that says who is signed in. */
export const SESSION_KEY = ['session'] as const;

const CHANNEL = 'keepwell-reader';
let table: Table | undefined;
let channel: BroadcastChannel | undefined;

/** Where the answers of queries are kept. */
export function queriesTable(): Table {
  return (table ??= openTable('keepwell-queries'));
}

/** Somebody has signed out on purpose, or a session has begun. */
export type ReaderChange = 'left' | 'begun';

/** Tells the other tabs. */
export function sayReaderChanged(change: ReaderChange): void {
  open()?.postMessage(change);
}

export function onReaderChanged(react: (change: ReaderChange) => void): void {
  open()?.addEventListener('message', ({ data }: MessageEvent<ReaderChange>) => {
    react(data);
  });
}

/** Takes everything of the member from the screen, and asks who is signed in. */
export async function forgetEverything(client: QueryClient): Promise<void> {
  await client.resetQueries({ queryKey: SESSION_KEY });
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
}

function open(): BroadcastChannel | undefined {
  if ('BroadcastChannel' in globalThis) channel ??= new BroadcastChannel(CHANNEL);
  return channel;
}
