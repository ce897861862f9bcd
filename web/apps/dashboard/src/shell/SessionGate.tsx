import { ErrorState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { sessionQuery } from '../queries/session';
import { Shell } from './Shell';
import { SignedOutPage } from './SignedOutPage';

/** Shows the pages to signed-in members, and everybody else how to sign in. */
export function SessionGate() {
  const { data, error, refetch } = useQuery(sessionQuery());
  if (error?.isSignedOut === true) return <SignedOutPage />;
  if (data !== undefined) return <Shell session={data} />;
  return (
    <main className="gate">
      <h1 className="visually-hidden">Keepwell</h1>
      {error === null ? (
        <Skeleton label="session" lines={2} />
      ) : (
        <div className="card">
          <ErrorState problem={error.problem} onRetry={() => void refetch()} />
        </div>
      )}
    </main>
  );
}
