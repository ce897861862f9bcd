import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { modelSearch } from '../models/report/search';
import { modelQuery, modelsQuery } from '../queries/models';
import { noMatter, reading, rootRoute } from './root';

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  loader: ({ context: { queries } }) => {
    void queries.infiniteQuery(modelsQuery()).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('../models/ModelsPage'), 'ModelsPage'),
});

const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/$version',
  validateSearch: reading(modelSearch),
  loader: ({ context: { queries }, params: { version } }) => {
    void queries.query(modelQuery(version)).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('../models/ModelPage'), 'ModelPage'),
});

export const MODEL_ROUTES = [modelsRoute, modelRoute] as const;
