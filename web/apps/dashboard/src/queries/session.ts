import { endSession, getSession, send } from '@keepwell/api';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

export function sessionQuery() {
  return queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => send(getSession(), { signal }),
    staleTime: Infinity,
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
