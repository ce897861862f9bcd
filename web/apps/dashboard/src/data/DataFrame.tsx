import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Page, type PageProps } from '../shell/Page';
import { PageTabs, type PageTab } from '../shell/PageTabs';
import { useMay } from '../shell/session';
import { texts } from '../texts';
import './data.css';

type DataFrameProps = Omit<PageProps, 'breadcrumb'> & { readonly children: ReactNode };

/** A page about data, with the way to the others. */
export function DataFrame(props: DataFrameProps) {
  const { title, tabs } = texts.data;
  const isFirst = props.title === title;
  return (
    <Page {...props} breadcrumb={isFirst ? undefined : <Crumb here={props.title} />}>
      <PageTabs label={title} tabs={useTabs(tabs)} />
      {props.children}
    </Page>
  );
}

function Crumb({ here }: { readonly here: string }) {
  return (
    <>
      <Link to="/data">{texts.data.title}</Link>
      <span aria-hidden="true">/</span>
      <bdi className="cut" aria-current="page">
        {here}
      </bdi>
    </>
  );
}

function useTabs(labels: typeof texts.data.tabs): readonly PageTab[] {
  const mayImport = useMay('import');
  const mayTokens = useMay('tokens');
  const tabs: readonly (PageTab | false)[] = [
    { path: '/data', label: labels.overview },
    { path: '/data/imports', label: labels.imports },
    mayImport && { path: '/data/dead-letters', label: labels.deadLetters },
    { path: '/data/stripe', label: labels.stripe },
    { path: '/data/websites', label: labels.websites },
    mayTokens && { path: '/data/write-keys', label: labels.writeKeys },
  ];
  return tabs.filter((tab) => tab !== false);
}
