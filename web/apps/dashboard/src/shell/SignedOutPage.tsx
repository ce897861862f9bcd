import { Command } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';

import { signInWaysQuery } from '../queries/session';
import { Brand } from './Brand';
import { MailLinkForm } from './MailLinkForm';
import { PasswordForm } from './PasswordForm';
import { usePageTitle } from './use-page-title';

export const LINK_SPENT_PATH = '/link-spent';

export function SignedOutPage() {
  const isLinkSpent = useLocation().pathname === LINK_SPENT_PATH;
  const { data: ways } = useQuery(signInWaysQuery());
  usePageTitle('Signed out');
  return (
    <main className="gate">
      <Brand />
      <div className="card gate-card">
        <h1 className="page-title">You are signed out</h1>
        {isLinkSpent && <p role="alert">That sign-in link has already been used, or it has expired.</p>}
        <p className="muted">
          Print a sign-in link on the machine that runs Keepwell, then open the link here. It works once.
        </p>
        <Command>./keepwell sign-in</Command>
        {ways?.mail === true && (
          <>
            <p className="muted">Or have a link mailed to you.</p>
            <MailLinkForm />
          </>
        )}
        {ways?.provider === true && (
          <p className="muted">
            Or <a href="/sign-in/oidc">sign in with your provider</a>.
          </p>
        )}
        <p className="muted">Or sign in with your password, if you have set one.</p>
        <PasswordForm />
      </div>
    </main>
  );
}
