import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';

import { AccountPage } from './account/AccountPage';
import { AccountsPage } from './accounts/AccountsPage';
import { parseAccountsSearch } from './accounts/search';
import { OverviewPage } from './overview/OverviewPage';
import { parseOverviewSearch } from './overview/search';
import { NotFoundPage } from './shell/NotFoundPage';
import { parsePlainSearch, writePlainSearch } from './shell/plain-search';
import { SessionGate } from './shell/SessionGate';
import { LINK_SPENT_PATH } from './shell/SignedOutPage';
import { UnexpectedFailure } from './shell/UnexpectedFailure';

const rootRoute = createRootRoute({ component: SessionGate, notFoundComponent: NotFoundPage });

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: parseOverviewSearch,
  component: OverviewPage,
});

const accountsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts',
  validateSearch: parseAccountsSearch,
  component: AccountsPage,
});

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts/$accountId',
  component: AccountPage,
});

/** Loaded on demand: most visitors only look at figures. */
const playRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/play',
  component: lazyRouteComponent(() => import('./play/PlayPage'), 'PlayPage'),
});

/** The server redirects a spent sign-in link here. A browser that already has a session goes to the overview. */
const linkSpentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: LINK_SPENT_PATH,
  component: () => <Navigate to="/" replace />,
});

export function createDashboardRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([overviewRoute, accountsRoute, accountRoute, playRoute, linkSpentRoute]),
    parseSearch: parsePlainSearch,
    stringifySearch: writePlainSearch,
    scrollRestoration: true,
    defaultErrorComponent: UnexpectedFailure,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
}
