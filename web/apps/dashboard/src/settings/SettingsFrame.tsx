import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Page, type PageProps } from '../shell/Page';
import { PageTabs, type PageTab } from '../shell/PageTabs';
import { useMay } from '../shell/session';
import { texts } from '../texts';
import './settings.css';

type SettingsFrameProps = Omit<PageProps, 'breadcrumb'> & { readonly children: ReactNode };

/** A page of settings, with the way to the others: mine first, then those of the workspace. */
export function SettingsFrame(props: SettingsFrameProps) {
  const { title } = texts.settings;
  const crumb = (
    <>
      <Link to="/settings">{title}</Link>
      <span aria-hidden="true">/</span>
      <span aria-current="page">{props.title}</span>
    </>
  );
  return (
    <Page {...props} breadcrumb={crumb}>
      <PageTabs label={title} tabs={useTabs(texts.settings.tabs)} />
      {props.children}
    </Page>
  );
}

function useTabs(labels: typeof texts.settings.tabs): readonly PageTab[] {
  const may = { tokens: useMay('tokens'), webhooks: useMay('webhooks'), audit: useMay('audit') };
  const tabs: readonly (PageTab | false)[] = [
    { path: '/settings/preferences', label: labels.preferences },
    { path: '/settings/sign-in', label: labels.signIn },
    { path: '/settings/members', label: labels.members },
    { path: '/settings/workspace', label: labels.workspace },
    { path: '/settings/policy', label: labels.policy },
    { path: '/settings/currency', label: labels.currency },
    may.tokens && { path: '/settings/tokens', label: labels.tokens },
    may.webhooks && { path: '/settings/webhooks', label: labels.webhooks },
    may.audit && { path: '/settings/audit', label: labels.audit },
  ];
  return tabs.filter((tab) => tab !== false);
}
