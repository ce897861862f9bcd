import { Command } from '@keepwell/ui';
import { useLocation } from '@tanstack/react-router';

import { Brand } from './Brand';
import { usePageTitle } from './use-page-title';

export const LINK_SPENT_PATH = '/link-spent';

export function SignedOutPage() {
  const isLinkSpent = useLocation().pathname === LINK_SPENT_PATH;
  usePageTitle('Signed out');
  return (
    <main className="gate">
      <Brand />
      <div className="card gate-card">
        <h1 className="page-title">You are signed out</h1>
        {isLinkSpent && <p role="alert">That sign-in link has already been used, or it has expired.</p>}
        <p className="muted">
          Keepwell has no passwords. Print a sign-in link on the machine that runs it, then open the link
          here. It works once.
        </p>
        <Command>./keepwell sign-in</Command>
      </div>
    </main>
  );
}
