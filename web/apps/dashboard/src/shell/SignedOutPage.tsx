import { Command } from '@keepwell/ui';

import { Brand } from './Brand';
import { usePageTitle } from './use-page-title';

export function SignedOutPage() {
  usePageTitle('Signed out');
  return (
    <main className="gate">
      <Brand />
      <div className="card gate-card">
        <h1 className="page-title">You are signed out</h1>
        <p className="muted">
          Keepwell has no passwords. Print a sign-in link on the machine that runs it, then open the link
          here. It works once.
        </p>
        <Command>./keepwell sign-in</Command>
      </div>
    </main>
  );
}
