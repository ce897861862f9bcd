import type { ApiError } from '@keepwell/api';
import { Callout } from '@keepwell/ui';

import { useSignOut } from '../queries/session';
import { notices } from '../shell/notices/notices';
import { texts } from '../texts';

/** Why the server refused what a form sent. What was typed stays. */
export function FormProblem({ error }: { readonly error: ApiError | null }) {
  if (error === null) return null;
  const { detail, hint, title, code } = error.problem;
  return (
    <div role="alert">
      <Callout tone="negative" title={detail === '' ? title : detail}>
        <p>{hint === '' ? texts.forms.kept : hint}</p>
        {code === FRESH_SIGN_IN ? <SignInAgain /> : null}
      </Callout>
    </div>
  );
}

const FRESH_SIGN_IN = 'fresh-sign-in-required';

/** Some changes need a session that has just begun. */
function SignInAgain() {
  const signOut = useSignOut();
  return (
    <button
      type="button"
      className="link form-link"
      disabled={signOut.isPending}
      onClick={() => {
        void notices.doNow().then(() => {
          signOut.mutate();
        });
      }}
    >
      {texts.forms.signInAgain}
    </button>
  );
}
