import type { SessionView } from '@keepwell/api';
import { Badge, Button, Icon, ThemeSwitch } from '@keepwell/ui';
import { Link, Outlet } from '@tanstack/react-router';

import { useSignOut } from '../queries/session';
import { Brand } from './Brand';

/** The frame of every page: the skip link, the navigation and the workspace. */
export function Shell({ session }: { readonly session: SessionView }) {
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="sidebar">
        <Link to="/" className="brand-link" aria-label="Keepwell, overview">
          <Brand />
        </Link>
        <Workspace session={session} />
        <Navigation />
        <Footer session={session} />
      </header>
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function Workspace({ session: { workspace } }: { readonly session: SessionView }) {
  return (
    <div className="workspace">
      <p className="workspace-name">{workspace.name}</p>
      {workspace.synthetic ? <Badge tone="warning">Synthetic sample data</Badge> : null}
    </div>
  );
}

function Navigation() {
  return (
    <nav className="navigation" aria-label="Main">
      <Link to="/" className="navigation-link" activeOptions={{ exact: true, includeSearch: false }}>
        <Icon name="overview" />
        Overview
      </Link>
      <Link to="/accounts" className="navigation-link" activeOptions={{ includeSearch: false }}>
        <Icon name="accounts" />
        Accounts
      </Link>
      <Link to="/play" className="navigation-link">
        <Icon name="play" />
        Play
      </Link>
    </nav>
  );
}

function Footer({ session: { member } }: { readonly session: SessionView }) {
  const signOut = useSignOut();
  return (
    <div className="sidebar-footer">
      <ThemeSwitch />
      <a className="handbook-link" href="/docs">
        API handbook
      </a>
      <div className="member">
        <span className="member-name muted">{member.name}</span>
        <Button
          emphasis="quiet"
          aria-label="Sign out"
          isDisabled={signOut.isPending}
          onPress={() => {
            signOut.mutate();
          }}
        >
          <Icon name="sign-out" />
          <span className="sign-out-label">Sign out</span>
        </Button>
      </div>
      {signOut.isError ? (
        <p className="sign-out-error" role="alert">
          {signOut.error.problem.detail} {signOut.error.problem.hint}
        </p>
      ) : null}
    </div>
  );
}
