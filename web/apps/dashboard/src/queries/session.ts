import {
  endSession,
  getSession,
  getSignInWays,
  requestSignInLink,
  send,
  signIn,
  type Credentials,
} from '@keepwell/api';
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

/** What the page for signed-out visitors can offer. */
export function signInWaysQuery() {
  return queryOptions({
    queryKey: ['sign-in-ways'],
    queryFn: ({ signal }) => send(getSignInWays(), { signal }),
    staleTime: Infinity,
  });
}

/** Has a sign-in link mailed, if the e-mail is a member's; the answer is the same for everybody. */
export function useRequestLink() {
  return useMutation({
    mutationFn: (email: string) => send(requestSignInLink({ body: { email } })),
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
