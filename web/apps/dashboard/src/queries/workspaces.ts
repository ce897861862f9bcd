import { chooseSessionWorkspace, listSessionWorkspaces, send } from '@keepwell/api';
import { queryOptions, useMutation } from '@tanstack/react-query';

/** The workspaces in which this browser is signed in. */
export function heldWorkspacesQuery() {
  return queryOptions({
    queryKey: ['session-workspaces'],
    queryFn: ({ signal }) => send(listSessionWorkspaces(), { signal }),
  });
}

/** Switches to another workspace, and loads the page again so that it shows nothing of the previous one. */
export function useSwitchWorkspace() {
  return useMutation({
    mutationFn: (workspace_id: string) => send(chooseSessionWorkspace({ body: { workspace_id } })),
    onSuccess: () => {
      window.location.assign('/');
    },
  });
}
