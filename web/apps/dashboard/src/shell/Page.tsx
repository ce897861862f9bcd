import { useEffect, useRef, type ReactNode } from 'react';

import { usePageTitle } from './use-page-title';

export interface PageProps {
  readonly title: string;
  /** Shown above the heading. */
  readonly breadcrumb?: ReactNode;
  /** Shown in place of the title if it needs more than text. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let isFirstPage = true;

/**
 * A page with its heading. After a navigation the heading gets the focus, so that screen readers announce the new page;
 * on the first page, the focus is left to the browser.
 */
export function Page({ title, breadcrumb, heading, lead, actions, children }: PageProps) {
  const headingElement = useRef<HTMLHeadingElement>(null);
  usePageTitle(title);
  useEffect(() => {
    if (!isFirstPage) headingElement.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <div className="page">
      <div className="page-header">
        <div>
          {breadcrumb}
          <h1 className="page-title" ref={headingElement} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {lead === undefined ? null : <div className="page-lead">{lead}</div>}
        </div>
        {actions}
      </div>
      {children}
    </div>
  );
}
