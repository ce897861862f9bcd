import { send, type Endpoint } from '@keepwell/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Creates what has a secret, hands it over once, and has the list asked for again whose key begins with `list`. */
export function useCreateSecret<Values, Made>(
  endpoint: (values: Values) => Endpoint<Made>,
  { list, onMade }: { readonly list: string; readonly onMade: (made: Made) => void },
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) => send(endpoint(values)),
    gcTime: 0, // The cache of mutations would keep the secret.
    onSuccess: (made) => {
      onMade(made);
      void client.invalidateQueries({ queryKey: [list] });
    },
  });
}
