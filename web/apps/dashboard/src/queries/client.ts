import type { ApiError } from '@keepwell/api';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { sessionQuery } from './session';

const MAX_RETRIES = 2;

/** Creates the query cache. A call that is refused for its session makes the session query refetch. */
export function createQueryClient(): QueryClient {
  const { queryKey } = sessionQuery();
  const checkSession = (error: ApiError) => {
    if (error.isOfAnotherSession) void client.invalidateQueries({ queryKey });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== queryKey[0]) checkSession(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: checkSession,
    }),
    defaultOptions: {
      // The server may be this machine, which answers without a network too.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 30_000,
        retry: (failures, error) => error.isTransient && failures < MAX_RETRIES,
      },
    },
  });
  return client;
}

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
  }
}
