import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, type ComponentProps } from 'react';

export interface PageTab {
  readonly path: NonNullable<ComponentProps<typeof Link>['to']>;
  readonly label: string;
}

/** The pages of one place, side by side; on a phone they scroll, and the one that is open is in sight. */
export function PageTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly PageTab[] }) {
  const { pathname } = useLocation();
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('[aria-current]');
    if (here === null || here === undefined || list.current === null) return;
    list.current.scrollLeft = here.offsetLeft - list.current.offsetLeft - 16;
  }, [pathname]);
  const open = openTab(
    pathname,
    tabs.map(({ path }) => path),
  );
  return (
    <nav ref={list} className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.path}
          to={tab.path}
          className="tab"
          activeOptions={{ exact: true }}
          aria-current={tab.path !== open ? undefined : tab.path === pathname ? 'page' : 'true'}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

/** The tab that the address is in: the longest path that it begins with. */
function openTab(pathname: string, paths: readonly string[]): string | undefined {
  return paths
    .filter((path) => pathname === path || pathname.startsWith(`${path}/`))
    .toSorted((one, other) => other.length - one.length)[0];
}
