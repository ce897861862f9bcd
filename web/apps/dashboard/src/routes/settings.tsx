import { createRoute, lazyRouteComponent, Navigate } from '@tanstack/react-router';

import { auditSearch } from '../settings/audit/search';
import { ratesSearch } from '../settings/currency/search';
import { deliveriesSearch } from '../settings/webhooks/search';
import { reading, rootRoute } from './root';

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: () => <Navigate to="/settings/preferences" replace />,
});

const preferencesSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/preferences',
  component: lazyRouteComponent(() => import('../settings/preferences/PreferencesPage'), 'PreferencesPage'),
});

const signInSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/sign-in',
  component: lazyRouteComponent(() => import('../settings/sign-in/SignInPage'), 'SignInPage'),
});

const membersSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/members',
  component: lazyRouteComponent(() => import('../settings/members/MembersPage'), 'MembersPage'),
});

const workspaceSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/workspace',
  component: lazyRouteComponent(() => import('../settings/workspace/WorkspacePage'), 'WorkspacePage'),
});

const policySettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/policy',
  component: lazyRouteComponent(() => import('../settings/policy/PolicyPage'), 'PolicyPage'),
});

const currencySettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/currency',
  validateSearch: reading(ratesSearch),
  component: lazyRouteComponent(() => import('../settings/currency/CurrencyPage'), 'CurrencyPage'),
});

const tokensSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/tokens',
  component: lazyRouteComponent(() => import('../settings/tokens/TokensPage'), 'TokensPage'),
});

const webhooksSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/webhooks',
  validateSearch: reading(deliveriesSearch),
  component: lazyRouteComponent(() => import('../settings/webhooks/WebhooksPage'), 'WebhooksPage'),
});

const auditSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings/audit',
  validateSearch: reading(auditSearch),
  component: lazyRouteComponent(() => import('../settings/audit/AuditPage'), 'AuditPage'),
});

export const SETTINGS_ROUTES = [
  settingsRoute,
  preferencesSettingsRoute,
  signInSettingsRoute,
  membersSettingsRoute,
  workspaceSettingsRoute,
  policySettingsRoute,
  currencySettingsRoute,
  tokensSettingsRoute,
  webhooksSettingsRoute,
  auditSettingsRoute,
] as const;
