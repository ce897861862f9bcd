import { useSyncExternalStore } from 'react';

import { buildOfPage } from './browser/build';

/** What the pages may offer about the release that they are of. */
export type Update =
  | 'none'
  /** A newer release is there; reloading changes to it. */
  | 'ready'
  /** A part of this release is gone from the server, so a page cannot be opened: only reloading helps. */
  | 'gone';

const WORKER = '/sw.js';
/** Asked for this often, for pages that stay open for days. */
const ASK_EVERY = 3_600_000;
/** A worker that says nothing for this long waits on. */
const ANSWERS_WITHIN = 3_000;
const TAKE_OVER = { type: 'take-over' };

let current: Update = 'none';
let newWorker: ServiceWorker | null = null;
/** This page came from the server after the update: it is of the newer release already. */
let isTakenOver = false;
const watchers = new Set<() => void>();

/** Whether a reload is worth offering, and how; never reloads by itself, because somebody may be writing. */
export function useUpdate(): { readonly update: Update; readonly reload: () => void } {
  return { update: useSyncExternalStore(subscribe, read), reload };
}

/** Registers the service worker, and watches for a newer release. Does nothing where the browser has or allows none. */
export function watchUpdates(): void {
  window.addEventListener('vite:preloadError', ({ payload }) => {
    keepFromReloading(payload);
    void sayIfGone();
  });
  if (!('serviceWorker' in navigator)) return;
  // Refused in some private windows: the pages work without it, online.
  void register().catch(() => undefined);
}

async function register(): Promise<void> {
  const { serviceWorker } = navigator;
  const isControlled = serviceWorker.controller !== null;
  // Another tab has changed to the newer release: this page is of the older one.
  if (isControlled)
    serviceWorker.addEventListener('controllerchange', () => {
      if (!isTakenOver) say('ready');
    });
  const registration = await serviceWorker.register(WORKER);
  const offer = async (worker: ServiceWorker | null) => {
    if (worker === null || serviceWorker.controller === null || (await takesOver(worker))) return;
    newWorker = worker;
    say('ready');
  };
  void offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') void offer(installing);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), ASK_EVERY);
}

/** Lets a newer worker take over without a word if this page, the only one, is of its release already. */
async function takesOver(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  isTakenOver = await new Promise<boolean>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<boolean>) => {
      isTakenOver = data;
      resolve(data);
    };
    setTimeout(resolve, ANSWERS_WITHIN, false);
    worker.postMessage({ ...TAKE_OVER, onlyFor: new URL(buildOfPage()).pathname }, [port2]);
  });
  return isTakenOver;
}

/** The router reloads by itself for a missing part, once for each message: here its note is written that it has done so. */
function keepFromReloading({ message }: Error): void {
  try {
    sessionStorage.setItem(`tanstack_router_reload:${message}`, '1');
  } catch {
    // Storage is refused: then the router cannot remember, and does not reload either.
  }
}

/** Without the server, a part that is not kept is missing too, and reloading would not help. */
async function sayIfGone(): Promise<void> {
  const isThere = await fetch('/health/live').then(
    ({ ok }) => ok,
    () => false,
  );
  if (isThere) say('gone');
}

/** Changes to the newer release, then loads this page again. */
function reload(): void {
  // Another tab may have changed to it meanwhile, or a still newer one taken its place: then there is nothing to wait for.
  if (newWorker?.state !== 'installed') {
    window.location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    window.location.reload();
  });
  newWorker.postMessage(TAKE_OVER);
}

function say(update: Update): void {
  if (current !== 'gone') current = update;
  for (const watcher of watchers) watcher();
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function read(): Update {
  return current;
}
