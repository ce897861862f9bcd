import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext } from '@tanstack/react-router';

import { sessionQuery } from '../queries/session';
import { heldWorkspacesQuery } from '../queries/workspaces';
import { NotFoundPage } from '../shell/NotFoundPage';
import { readSearch, type SearchSpec } from '../shell/search';
import { SessionGate } from '../sign-in/SessionGate';

export interface Context {
  readonly queries: QueryClient;
}

export const rootRoute = createRootRouteWithContext<Context>()({
  // Who is signed in is asked together with the first page's files, not after they have come.
  loader: ({ context: { queries }, cause }) => {
    if (cause !== 'enter') return;
    void queries.query(sessionQuery()).catch(noMatter);
    void queries.query(heldWorkspacesQuery()).catch(noMatter);
  },
  component: SessionGate,
  notFoundComponent: NotFoundPage,
});

/** Reads what the page knows of the address. */
export function reading<Search extends object>(spec: SearchSpec<Search>) {
  return (raw: Record<string, unknown>) => readSearch(spec, raw);
}

/** For what a loader asks for ahead: the page asks again and shows what is wrong. */
export const noMatter = () => undefined;
