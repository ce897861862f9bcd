import { useEffect, useRef, type ReactNode } from 'react';

import { DroppedNotice } from './DroppedNotice';
import type { AnySpec } from './search';
import { usePageTitle } from './use-page-title';

export interface PageProps {
  readonly title: string;
  /** What the page is for, in one sentence. */
  readonly purpose?: ReactNode;
  /** Shown above the heading. */
  readonly breadcrumb?: ReactNode;
  /** Beside the title, such as a tag. */
  readonly mark?: ReactNode;
  /** At the end of the title's line: how fresh the figures are, by which policy, or buttons. */
  readonly side?: ReactNode;
  /** What the page reads from its address; then it says what it had to leave out. */
  readonly search?: AnySpec;
  readonly children: ReactNode;
}

let isFirstPage = true;

/**
 * A page with its heading. After a navigation the heading gets the focus, so that screen readers announce the new page;
 * on the first page, the focus is left to the browser.
 */
export function Page({ title, purpose, breadcrumb, mark, side, search, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  usePageTitle(title);
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <div className="page">
      <header className="page-head">
        <div>
          {breadcrumb === undefined ? null : <div className="page-breadcrumb">{breadcrumb}</div>}
          <div className="page-title">
            <h1 ref={heading} tabIndex={-1}>
              <bdi>{title}</bdi>
            </h1>
            {mark}
          </div>
          {purpose === undefined ? null : <p className="page-purpose">{purpose}</p>}
        </div>
        {side === undefined ? null : <div className="page-side">{side}</div>}
      </header>
      {search === undefined ? null : <DroppedNotice spec={search} />}
      {children}
    </div>
  );
}

/** Small print beside a page's title, such as when its figures were made. */
export function Freshness({ children }: { readonly children: ReactNode }) {
  return <span className="small">{children}</span>;
}
