import { ErrorState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback } from 'react';

import { identityOf, sessionQuery } from '../queries/session';
import { SessionContext } from '../shell/session';
import { Shell } from '../shell/frame/Shell';

// Who is signed in needs neither.
const SignInPage = lazy(async () => ({ default: (await import('./SignInPage')).SignInPage }));
const SignInDialog = lazy(async () => ({ default: (await import('./SignInDialog')).SignInDialog }));

/**
 * Shows the pages to signed-in members, and everybody else how to sign in. A session that ends later is asked for over
 * the page, which keeps what was typed; another member who signs in gets pages of their own.
 */
export function SessionGate() {
  const { data, error, refetch } = useQuery(sessionQuery());
  const check = useCallback(() => void refetch(), [refetch]);
  const isSignedOut = error?.isSignedOut === true;
  if (data !== undefined) {
    return (
      <SessionContext value={data}>
        <Shell key={identityOf(data)} />
        {isSignedOut ? (
          <Suspense>
            <SignInDialog email={data.member.email ?? ''} onCheck={check} />
          </Suspense>
        ) : null}
      </SessionContext>
    );
  }
  if (isSignedOut) {
    return (
      <Suspense>
        <SignInPage />
      </Suspense>
    );
  }
  return (
    <main className="gate">
      <h1 className="visually-hidden">Keepwell</h1>
      {error === null ? (
        <Skeleton label="session" lines={2} />
      ) : (
        <ErrorState problem={error.problem} onRetry={check} />
      )}
    </main>
  );
}
