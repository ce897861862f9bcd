import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router';

import { accountsSearch, withoutSheet } from './accounts/search';
import { accountPageQuery, anyAccountQuery } from './queries/accounts/accounts';
import { outcomesSearch } from './outcomes/search';
import { outcomesQuery } from './queries/cases';
import { mrrQuery } from './queries/revenue/metrics';
import { saveListQuery } from './queries/save-list';
import { todayQuery } from './queries/today';
import { accountRoute } from './routes/account';
import { DATA_ROUTES } from './routes/data';
import { MODEL_ROUTES } from './routes/models';
import { noMatter, reading, rootRoute } from './routes/root';
import { SETTINGS_ROUTES } from './routes/settings';
import { saveListSearch } from './save-list/search';
import { figureSearch } from './figures/ref';
import { revenueSearch } from './revenue/search';
import { parsePlainSearch, writePlainSearch } from './shell/plain-search';
import { readSearch } from './shell/search';
import { UnexpectedFailure } from './shell/UnexpectedFailure';
import { LINK_SPENT_PATH } from './sign-in/return-to';

/** Each page is a chunk of its own, with its styles; the link to it loads it when the pointer comes near. */
const todayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: reading(figureSearch),
  // Asked for together with the session, not after it.
  loader: ({ context: { queries } }) => {
    void queries.query(todayQuery()).catch(noMatter);
    void queries.query(anyAccountQuery()).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('./today/TodayPage'), 'TodayPage'),
});

const saveListRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/save-list',
  validateSearch: reading(saveListSearch),
  loaderDeps: ({ search }) => ({ kind: readSearch(saveListSearch, search).kind }),
  loader: ({ context: { queries }, deps }) => {
    void queries.infiniteQuery(saveListQuery(deps.kind)).catch(noMatter);
    void queries.query(anyAccountQuery()).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('./save-list/SaveListPage'), 'SaveListPage'),
});

const leftAloneRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/save-list/left-alone',
  component: lazyRouteComponent(() => import('./save-list/LeftAlonePage'), 'LeftAlonePage'),
});

const revenueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/revenue',
  validateSearch: reading(revenueSearch),
  loaderDeps: ({ search }) => {
    const { by, on, against, policy } = readSearch(revenueSearch, search);
    return { by, on, against, policy };
  },
  loader: ({ context: { queries }, deps, cause }) => {
    // The server's day and the workspace's policy, by which everything else is asked for.
    void queries.query(mrrQuery()).catch(noMatter);
    void queries.query(anyAccountQuery()).catch(noMatter);
    if (cause !== 'preload')
      void import('./revenue/RevenuePage').then(({ askAhead }) => {
        askAhead(queries, deps);
      });
  },
  component: lazyRouteComponent(() => import('./revenue/RevenuePage'), 'RevenuePage'),
});

const movementsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/revenue/movements',
  validateSearch: reading(revenueSearch),
  component: lazyRouteComponent(() => import('./revenue/MovementsPage'), 'MovementsPage'),
});

const cohortsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/revenue/cohorts',
  validateSearch: reading(revenueSearch),
  component: lazyRouteComponent(() => import('./revenue/CohortsPage'), 'CohortsPage'),
});

const retentionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/revenue/retention',
  validateSearch: reading(revenueSearch),
  component: lazyRouteComponent(() => import('./revenue/RetentionPage'), 'RetentionPage'),
});

const outcomesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/outcomes',
  validateSearch: reading(outcomesSearch),
  loader: ({ context: { queries } }) => {
    void queries.query(outcomesQuery()).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('./outcomes/OutcomesPage'), 'OutcomesPage'),
});

const accountsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts',
  validateSearch: reading(accountsSearch),
  // The router hands on what the page cannot use, so the address is read by its spec again.
  loaderDeps: ({ search }) => withoutSheet(readSearch(accountsSearch, search)),
  loader: ({ context: { queries }, deps }) => {
    void queries.query(accountPageQuery(deps, 0, null)).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('./accounts/AccountsPage'), 'AccountsPage'),
});

const playRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/play',
  component: lazyRouteComponent(() => import('./play/PlayPage'), 'PlayPage'),
});

/** The server leads members there who have signed in by a link and have no password. */
const setPasswordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-password',
  component: lazyRouteComponent(() => import('./sign-in/SetPasswordPage'), 'SetPasswordPage'),
});

/** The server redirects a spent sign-in link here. A browser that already has a session goes to the start page. */
const linkSpentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: LINK_SPENT_PATH,
  component: () => <Navigate to="/" replace />,
});

export function createDashboardRouter(queries: QueryClient) {
  return createRouter({
    context: { queries },
    // The static demo is below a path; a server of Keepwell has the pages at "/".
    basepath: document.documentElement.dataset['base'] ?? '/',
    routeTree: rootRoute.addChildren([
      todayRoute,
      saveListRoute,
      leftAloneRoute,
      revenueRoute,
      movementsRoute,
      cohortsRoute,
      retentionRoute,
      outcomesRoute,
      accountsRoute,
      accountRoute,
      ...DATA_ROUTES,
      ...MODEL_ROUTES,
      ...SETTINGS_ROUTES,
      playRoute,
      setPasswordRoute,
      linkSpentRoute,
    ]),
    parseSearch: parsePlainSearch,
    stringifySearch: writePlainSearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultErrorComponent: UnexpectedFailure,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
}
