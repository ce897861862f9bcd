import { ApiError, send } from '@keepwell/api';
import { useEffect, useState } from 'react';

import { getOpenApi, type OpenApi } from './openapi';

export type Description =
  | { readonly state: 'loading' }
  | { readonly state: 'read'; readonly openApi: OpenApi }
  | { readonly state: 'failed'; readonly why: string };

/** The description of the API. Without a query cache: it is read once, and this page has to stay light. */
export function useDescription(): Description {
  const [description, setDescription] = useState<Description>({ state: 'loading' });
  useEffect(() => {
    const reading = new AbortController();
    send(getOpenApi(), { signal: reading.signal }).then(
      (openApi) => {
        setDescription({ state: 'read', openApi });
      },
      (error: unknown) => {
        if (reading.signal.aborted) return;
        const why =
          error instanceof ApiError ? `${error.problem.detail} ${error.problem.hint}` : String(error);
        setDescription({ state: 'failed', why });
      },
    );
    return () => {
      reading.abort();
    };
  }, []);
  return description;
}
