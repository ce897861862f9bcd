/**
 * Keeps the pages' own files, so that the dashboard opens without the server. It keeps no answers of the API: those are
 * kept by the pages, for one member (src/offline).
 */
import { addRoute, cleanupOutdatedCaches, matchPrecache, precache } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';

import { isPage, newestPage, PAGE } from './pages';

/** Written in by the build: service-worker.ts, beside vite.config.ts. */
declare const __SHELL_FILES__: Parameters<typeof precache>[0];

/** What this needs of a service worker's scope, which the types of a page do not have. */
interface Scope {
  readonly skipWaiting: () => Promise<void>;
  readonly clients: {
    readonly claim: () => Promise<void>;
    readonly matchAll: (of: {
      readonly type: 'window';
      readonly includeUncontrolled: boolean;
    }) => Promise<readonly unknown[]>;
  };
  readonly addEventListener: (type: 'activate' | 'message', listener: (event: WorkerEvent) => void) => void;
}

interface WorkerEvent {
  readonly data?: unknown;
  readonly ports?: readonly MessagePort[];
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** What a page asks; with `onlyFor`, the script of the page, only if that is of this release and the page is the only one. */
interface TakeOver {
  readonly onlyFor?: string;
}

/** A server that does not answer for this long counts as unreachable. */
const PATIENCE = 5_000;
const scope = globalThis as unknown as Scope;

precache(__SHELL_FILES__);
cleanupOutdatedCaches();

registerRoute(
  ({ request, url }) => request.mode === 'navigate' && isPage(url.pathname),
  ({ request }) =>
    newestPage({
      ask: () => fetch(request),
      kept: () => matchPrecache(PAGE),
      patience: () => new Promise((resolve) => setTimeout(resolve, PATIENCE)),
    }),
);
addRoute();

// A new release waits until a page asks, because an older page may still need the older files. If the only page is of the
// new release already, it takes over at once. The port hears whether it does.
scope.addEventListener('message', (event) => {
  if (isTakeOver(event.data)) event.waitUntil(takeOver(event.data, event.ports?.[0]));
});

async function takeOver({ onlyFor }: TakeOver, port: MessagePort | undefined): Promise<void> {
  const does = onlyFor === undefined || (isOfThisRelease(onlyFor) && (await isAlone()));
  port?.postMessage(does);
  if (does) await scope.skipWaiting();
}

async function isAlone(): Promise<boolean> {
  return (await scope.clients.matchAll({ type: 'window', includeUncontrolled: true })).length <= 1;
}

function isOfThisRelease(script: string): boolean {
  return __SHELL_FILES__.some((file) => (typeof file === 'string' ? file : file.url) === script);
}

// The page of the first visit can be left and reopened without the server.
scope.addEventListener('activate', (event) => {
  event.waitUntil(scope.clients.claim());
});

function isTakeOver(data: unknown): data is TakeOver {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'take-over';
}
