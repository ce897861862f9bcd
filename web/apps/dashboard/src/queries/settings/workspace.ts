import { getWorkspace, listPolicies, send } from '@keepwell/api';
import { queryOptions } from '@tanstack/react-query';

export function workspaceQuery() {
  return queryOptions({
    queryKey: ['workspace'],
    queryFn: ({ signal }) => send(getWorkspace(), { signal }),
  });
}

/** The definitions that figures can follow. */
export function policiesQuery() {
  return queryOptions({
    queryKey: ['policies'],
    queryFn: ({ signal }) => send(listPolicies(), { signal }),
  });
}
