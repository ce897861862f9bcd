import { Icon, Menu, Tag } from '@keepwell/ui';
import { Link, useLocation } from '@tanstack/react-router';

import { texts } from '../../texts';
import { BrandMark } from './Brand';
import { MemberMenu } from './MemberMenu';
import { BAR_PLACES, MORE_PLACES } from './places';
import { useSession } from '../session';
import { useShell } from './shell-state';

/** The top of a phone: the workspace, the search and the member. */
export function TopBar() {
  const { workspace } = useSession();
  const { openFinder } = useShell();
  return (
    <header className="top-bar">
      <BrandMark />
      <span className="cut">{workspace.name}</span>
      {workspace.synthetic ? <Tag tone="warning">{texts.shell.syntheticShort}</Tag> : null}
      <button type="button" className="top-bar-button" aria-label={texts.shell.search} onClick={openFinder}>
        <Icon name="search" />
      </button>
      <MemberMenu className="top-bar-button" initialsOnly />
    </header>
  );
}

/** The bottom of a phone: the three places for every day, and the rest behind "More". */
export function BottomBar() {
  const { pathname } = useLocation();
  const isAt = (path: string) => (path === '/' ? pathname === '/' : pathname.startsWith(path));
  const more = (
    <>
      <Icon name="more" />
      {texts.shell.places.more}
    </>
  );
  return (
    <nav className="bottom-bar" aria-label={texts.shell.main}>
      {BAR_PLACES.map(({ path, label, icon }) => (
        <Link key={path} to={path} className="bottom-link" aria-current={isAt(path) ? 'page' : undefined}>
          <Icon name={icon} />
          {label}
        </Link>
      ))}
      <Menu label={texts.shell.places.more} className="bottom-link" trigger={more}>
        {MORE_PLACES.map(({ path, label, icon }) => (
          <Link key={path} to={path} className="menu-item" aria-current={isAt(path) ? 'page' : undefined}>
            <Icon name={icon} />
            {label}
          </Link>
        ))}
      </Menu>
    </nav>
  );
}
