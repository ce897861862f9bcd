import { endSession, getSession, send, signIn, type Credentials } from '@keepwell/api';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

/** Marks the mutation that is sent without a session: that it is refused says nothing new about the session. */
export const SIGNS_IN = { signsIn: true };

export function sessionQuery() {
  return queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => send(getSession(), { signal }),
    staleTime: Infinity,
  });
}

/** Begins a session. */
export function useSignIn() {
  const client = useQueryClient();
  const { queryKey } = sessionQuery();
  return useMutation({
    mutationFn: (credentials: Credentials) => send(signIn({ body: credentials })),
    onSuccess: () => client.invalidateQueries({ queryKey }),
    meta: SIGNS_IN,
  });
}

/** Ends the session and removes everything that was cached for it. */
export function useSignOut() {
  const client = useQueryClient();
  const { queryKey } = sessionQuery();
  return useMutation({
    mutationFn: () => send(endSession()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== queryKey[0] });
    },
  });
}
