import { ErrorState } from '@keepwell/ui';
import type { ErrorComponentProps } from '@tanstack/react-router';

import { Page } from './Page';

/** Shown for an error in the page itself; errors of queries are shown where they occur. */
export function UnexpectedFailure({ error, reset }: ErrorComponentProps) {
  const problem = {
    type: 'about:blank',
    title: 'This page failed',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'page_failure',
    hint: 'This is a bug in Keepwell. Trying again may help; please report it with the message above.',
  };
  return (
    <Page title="Failure">
      <div className="card">
        <ErrorState problem={problem} onRetry={reset} />
      </div>
    </Page>
  );
}
