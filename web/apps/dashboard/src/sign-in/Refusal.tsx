import type { ApiError } from '@keepwell/api';

/** What the server says against it, and what to do. */
export function Refusal({ error }: { readonly error: ApiError }) {
  return (
    <p className="sign-in-refusal" role="alert">
      {error.problem.detail} {error.problem.hint}
    </p>
  );
}
