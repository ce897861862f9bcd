import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';

import { usePageTitle } from './use-page-title';

export interface PageProps {
  readonly title: string;
  /** Shown in place of the title where it needs more than words. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let shownPath: string | undefined;

/** A page under its heading. After a navigation the heading takes the focus, so that screen readers say where they are. */
export function Page({ title, heading, lead, actions, children }: PageProps) {
  const headingElement = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  usePageTitle(title);
  useEffect(() => {
    if (shownPath !== undefined && shownPath !== pathname)
      headingElement.current?.focus({ preventScroll: true });
    shownPath = pathname;
  }, [pathname]);
  return (
    <div className="page">
      <div className="page-header">
        <div>
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
