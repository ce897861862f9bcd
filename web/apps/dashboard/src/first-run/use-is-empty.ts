import { useQuery } from '@tanstack/react-query';

import { anyAccountQuery } from '../queries/accounts/accounts';

/** Whether the workspace has no accounts: then there is nothing to show but the ways in. False while it is not known. */
export function useIsEmpty(): boolean {
  const { data } = useQuery(anyAccountQuery());
  return data?.items.length === 0;
}
