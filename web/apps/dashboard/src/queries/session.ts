import {
  getSession,
  getSignInWays,
  requestSignInLink,
  send,
  setPassword,
  signIn,
  type Credentials,
  type NewPassword,
  type SessionView,
} from '@keepwell/api';
import { queryOptions, useMutation, useQueryClient, type Query } from '@tanstack/react-query';

import { endIfLeft, SESSION_KEY, signOut } from '../offline';

export function sessionQuery() {
  return queryOptions({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }) => {
      await endIfLeft();
      return send(getSession(), { signal, workspace: null });
    },
    staleTime: Infinity,
  });
}

/** Begins a session. What was cached for another member, or in another workspace, is forgotten. */
export function useSignIn() {
  const client = useQueryClient();
  const { queryKey } = sessionQuery();
  return useMutation({
    mutationFn: async (credentials: Credentials) => {
      await send(signIn({ body: credentials }));
      return send(getSession(), { workspace: null });
    },
    onSuccess: async (session) => {
      const before = client.getQueryData(queryKey);
      const isOther = (query: Query) => query.queryKey[0] !== queryKey[0];
      if (before !== undefined && identityOf(before) !== identityOf(session))
        client.removeQueries({ predicate: isOther });
      client.setQueryData(queryKey, session);
      await client.invalidateQueries({ predicate: isOther });
    },
  });
}

/** The same text for two sessions of one member. */
export function identityOf({ workspace, member }: SessionView): string {
  return `${workspace.id} ${member.id}`;
}

/** Sets the password of whoever is signed in. */
export function useSetPassword() {
  const client = useQueryClient();
  const { queryKey } = sessionQuery();
  return useMutation({
    mutationFn: (body: NewPassword) => send(setPassword({ body })),
    onSuccess: () => client.invalidateQueries({ queryKey }),
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
  });
}

/** Ends the session and erases what this browser keeps, also without the server. Ask first if something waits to be sent. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({ mutationFn: () => signOut(client) });
}
