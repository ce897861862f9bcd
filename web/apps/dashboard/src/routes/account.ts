import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { accountSearch, kindsOf, type AccountSearch } from '../account/timeline/kinds';
import { accountQuery } from '../queries/accounts/accounts';
import { contactsQuery, paymentsQuery, paymentMethodsQuery } from '../queries/accounts/billing';
import { mrrQuery } from '../queries/revenue/metrics';
import { highlightsQuery, timelineQuery } from '../queries/accounts/timeline';
import { noMatter, reading, rootRoute } from './root';

export const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/accounts/$accountId',
  validateSearch: reading(accountSearch),
  loaderDeps: ({ search }: { readonly search: AccountSearch }) => ({ kinds: search.kinds }),
  loader: ({ context: { queries }, params: { accountId }, deps, cause }) => {
    void queries.query(accountQuery(accountId)).catch(noMatter);
    // A pointer that passes over a list of links must not have every history read.
    if (cause === 'preload') return;
    void queries.query(highlightsQuery(accountId)).catch(noMatter);
    void queries.query(mrrQuery()).catch(noMatter);
    void queries.query(contactsQuery(accountId)).catch(noMatter);
    void queries.query(paymentMethodsQuery(accountId)).catch(noMatter);
    void queries.query(paymentsQuery(accountId)).catch(noMatter);
    void queries.infiniteQuery(timelineQuery(accountId, kindsOf(deps))).catch(noMatter);
  },
  component: lazyRouteComponent(() => import('../account/AccountPage'), 'AccountPage'),
});
