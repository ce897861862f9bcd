import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';

import { AccountPage } from './account/AccountPage';
import { AccountsPage } from './accounts/AccountsPage';
import { parseAccountsSearch } from './accounts/search';
import { OverviewPage } from './overview/OverviewPage';
import { parseOverviewSearch } from './overview/search';
import { NotFoundPage } from './shell/NotFoundPage';
import { parsePlainSearch, writePlainSearch } from './shell/plain-search';
import { SessionGate } from './shell/SessionGate';
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

export function createDashboardRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([overviewRoute, accountsRoute, accountRoute]),
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
