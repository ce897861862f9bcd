import type { ApiError } from '@keepwell/api';
import { Button, ErrorState, formatCount } from '@keepwell/ui';

import { texts } from '../texts';

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
  /** How many rows there are in all, where that is known. */
  readonly total?: number;
  readonly onMore: () => void;
}

/** The footer of a list: how many rows are shown, and a button for more. */
export function LoadMore({ query, shown, total, onMore }: LoadMoreProps) {
  if (query.isFetchNextPageError && query.error !== null) {
    return <ErrorState problem={query.error.problem} onRetry={() => void query.fetchNextPage()} />;
  }
  const count = formatCount(shown);
  return (
    <div className="table-foot">
      <p role="status">{query.hasNextPage ? shownText(count, total) : texts.common.allShown(count)}</p>
      {query.hasNextPage ? (
        <Button emphasis="quiet" size="small" onPress={onMore} isDisabled={query.isFetchingNextPage}>
          {query.isFetchingNextPage ? texts.common.loading : texts.common.showMore}
        </Button>
      ) : null}
    </div>
  );
}

function shownText(shown: string, total: number | undefined): string {
  return total === undefined ? texts.common.shown(shown) : texts.common.shownOf(shown, formatCount(total));
}
