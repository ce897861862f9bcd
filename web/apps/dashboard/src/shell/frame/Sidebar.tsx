import { Icon, Keys } from '@keepwell/ui';
import { Link, useLocation } from '@tanstack/react-router';

import { texts } from '../../texts';
import { LiveStatus } from './LiveStatus';
import { MemberMenu } from './MemberMenu';
import { PLACE_GROUPS, type Place } from './places';
import { useSession } from '../session';
import { useShell } from './shell-state';
import { WorkspaceMenu } from './WorkspaceMenu';

/** Where things are: on the left, a rail of icons where room is short. */
export function Sidebar() {
  const { workspace } = useSession();
  return (
    <nav className="side" aria-label={texts.shell.main}>
      <WorkspaceMenu />
      {workspace.synthetic ? <p className="side-synthetic side-text">{texts.shell.synthetic}</p> : null}
      <FindButton />
      {PLACE_GROUPS.map((group) => (
        <ul key={group[0]?.path} className="side-group">
          {group.map((place) => (
            <PlaceItem key={place.path} place={place} />
          ))}
        </ul>
      ))}
      <div className="side-foot">
        <LiveStatus />
        <MemberMenu className="side-button side-member" />
      </div>
    </nav>
  );
}

function FindButton() {
  const { openFinder } = useShell();
  return (
    <button type="button" className="side-find" aria-keyshortcuts="/" onClick={openFinder}>
      <Icon name="search" />
      <span className="side-text">{texts.shell.search}</span>
      <Keys keys={['/']} />
    </button>
  );
}

function PlaceItem({ place }: { readonly place: Place }) {
  const { pathname } = useLocation();
  const isHere = place.path === '/' ? pathname === '/' : pathname.startsWith(place.path);
  return (
    <li>
      <Link
        to={place.path}
        className="side-link"
        aria-current={pathname === place.path ? 'page' : isHere ? 'true' : undefined}
      >
        <Icon name={place.icon} />
        <span className="side-text">{place.label}</span>
      </Link>
      {isHere && place.inside !== undefined ? (
        <ul className="side-inside">
          {place.inside.map(({ path, label }) => (
            <li key={path}>
              <Link
                to={path}
                activeOptions={{ exact: true }}
                className="side-link"
                aria-current={pathname === path ? 'page' : undefined}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}
