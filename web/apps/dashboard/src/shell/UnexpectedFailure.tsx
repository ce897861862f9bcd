import { ErrorState } from '@keepwell/ui';
import type { ErrorComponentProps } from '@tanstack/react-router';

import { texts } from '../texts';
import { Page } from './Page';

/** Shown for an error in the page itself; errors of queries are shown where they occur. */
export function UnexpectedFailure({ error, reset }: ErrorComponentProps) {
  const problem = {
    type: 'about:blank',
    title: texts.shell.failure.title,
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'page_failure',
    hint: texts.shell.failure.hint,
  };
  return (
    <Page title={problem.title}>
      <ErrorState problem={problem} onRetry={reset} />
    </Page>
  );
}
