import type { ApiError } from '@keepwell/api';
import { Button, ErrorState } from '@keepwell/ui';

interface PagedQuery {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly error: ApiError | null;
  readonly fetchNextPage: () => Promise<unknown>;
}

export interface LoadMoreProps {
  readonly query: PagedQuery;
  readonly shown: number;
  readonly onMore: () => void;
}

/** The footer of a list: how many rows are shown, and a button for more. */
export function LoadMore({ query, shown, onMore }: LoadMoreProps) {
  if (query.isFetchNextPageError && query.error !== null) {
    return <ErrorState problem={query.error.problem} onRetry={() => void query.fetchNextPage()} />;
  }
  return (
    <div className="load-more">
      <p className="muted" role="status">
        {query.hasNextPage ? `${shown} shown` : `All ${shown} shown`}
      </p>
      {query.hasNextPage ? (
        <Button onPress={onMore} isDisabled={query.isFetchingNextPage}>
          {query.isFetchingNextPage ? 'Loading…' : 'Load more'}
        </Button>
      ) : null}
    </div>
  );
}
