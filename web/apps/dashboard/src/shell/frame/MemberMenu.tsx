import { Icon, Menu, ThemeSwitch } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useOutbox } from '../../offline';
import { useSignOut } from '../../queries/session';
import { texts } from '../../texts';
import { forgetDrafts } from '../drafts';
import { Initials } from './Initials';
import { notices } from '../notices/notices';
import { SignOutDialog } from '../offline/SignOutDialog';
import { useSession } from '../session';
import { useShell } from './shell-state';

export interface MemberMenuProps {
  readonly className: string;
  /** In the top bar of a phone the initials are all there is room for. */
  readonly initialsOnly?: boolean;
}

/** What belongs to the member: theme, keys, handbook, Play, and the way out. */
export function MemberMenu({ className, initialsOnly = false }: MemberMenuProps) {
  const { member } = useSession();
  const signOut = useSignOut();
  const notSent = useNotSent();
  const [isAsking, setIsAsking] = useState(false);
  const leave = async () => {
    await notices.doNow();
    forgetDrafts();
    signOut.mutate();
  };
  const askToLeave = () => {
    if (notSent > 0) setIsAsking(true);
    else void leave();
  };
  const trigger = (
    <>
      <Initials name={member.name} />
      {initialsOnly ? null : (
        <>
          <span className="side-text cut">{member.name}</span>
          <Icon name="up-down" />
        </>
      )}
    </>
  );
  return (
    <>
      <Menu label={texts.shell.member(member.name)} className={className} trigger={trigger}>
        <p className="menu-note small cut">{member.email ?? member.name}</p>
        <MemberLinks onSignOut={askToLeave} isLeaving={signOut.isPending} />
      </Menu>
      {isAsking ? (
        <SignOutDialog
          notSent={notSent}
          onLeave={() => void leave()}
          onClose={() => {
            setIsAsking(false);
          }}
        />
      ) : null}
    </>
  );
}

/** How many of the member's changes have not reached the server. */
function useNotSent(): number {
  const { waiting, refused } = useOutbox();
  return waiting.length + refused.length;
}

interface MemberLinksProps {
  readonly onSignOut: () => void;
  readonly isLeaving: boolean;
}

function MemberLinks({ onSignOut, isLeaving }: MemberLinksProps) {
  const { openKeys } = useShell();
  const { places, shortcuts, theme } = texts.shell;
  return (
    <>
      <Link to="/play" className="menu-item">
        <Icon name="play" />
        {places.play}
      </Link>
      <Link to="/set-password" className="menu-item">
        <Icon name="person" />
        {texts.setPassword.menu}
      </Link>
      <a href="/docs" className="menu-item">
        <Icon name="book" />
        {places.handbook}
      </a>
      <button type="button" className="menu-item" onClick={openKeys}>
        <Icon name="key" />
        {shortcuts}
      </button>
      <hr className="menu-rule" />
      <div
        className="menu-theme"
        role="presentation"
        onClick={(event) => {
          event.stopPropagation(); // The menu stays open, so that the themes can be compared.
        }}
      >
        <span>{theme}</span>
        <ThemeSwitch />
      </div>
      <hr className="menu-rule" />
      <button type="button" className="menu-item" disabled={isLeaving} onClick={onSignOut}>
        <Icon name="sign-out" />
        {texts.shell.signOut}
      </button>
    </>
  );
}
