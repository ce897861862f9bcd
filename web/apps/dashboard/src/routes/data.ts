import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { lettersSearch } from '../data/dead-letters/search';
import { importsSearch } from '../data/imports/search';
import { websitesSearch } from '../data/websites/search';
import { reading, rootRoute } from './root';

const dataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data',
  component: lazyRouteComponent(() => import('../data/overview/OverviewPage'), 'OverviewPage'),
});

const importsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/imports',
  validateSearch: reading(importsSearch),
  component: lazyRouteComponent(() => import('../data/imports/ImportsPage'), 'ImportsPage'),
});

const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/imports/$importId',
  component: lazyRouteComponent(() => import('../data/imports/ImportPage'), 'ImportPage'),
});

const deadLettersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/dead-letters',
  validateSearch: reading(lettersSearch),
  component: lazyRouteComponent(() => import('../data/dead-letters/DeadLettersPage'), 'DeadLettersPage'),
});

const stripeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/stripe',
  component: lazyRouteComponent(() => import('../data/stripe/StripePage'), 'StripePage'),
});

const websitesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/websites',
  validateSearch: reading(websitesSearch),
  component: lazyRouteComponent(() => import('../data/websites/WebsitesPage'), 'WebsitesPage'),
});

const writeKeysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data/write-keys',
  component: lazyRouteComponent(() => import('../data/write-keys/WriteKeysPage'), 'WriteKeysPage'),
});

export const DATA_ROUTES = [
  dataRoute,
  importsRoute,
  importRoute,
  deadLettersRoute,
  stripeRoute,
  websitesRoute,
  writeKeysRoute,
] as const;
