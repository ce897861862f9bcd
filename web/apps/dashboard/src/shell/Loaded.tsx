import type { ApiError } from '@keepwell/api';
import { ErrorState } from '@keepwell/ui';
import type { ReactNode } from 'react';

interface Query<Data> {
  readonly data: Data | undefined;
  readonly error: ApiError | null;
  readonly refetch: () => Promise<unknown>;
}

export interface LoadedProps<Data> {
  readonly query: Query<Data>;
  readonly loading: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** Renders a query as loading, failed or loaded. Loaded data stays visible even if a refetch fails. */
export function Loaded<Data>({ query, loading, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return loading;
  return <ErrorState problem={query.error.problem} onRetry={() => void query.refetch()} />;
}
