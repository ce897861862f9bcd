import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { rowsOf, type Paged } from '../queries/pages';
import { Loaded } from './Loaded';
import { LoadMore } from './LoadMore';

export interface LoadedRowsProps<Row> {
  readonly query: UseInfiniteQueryResult<InfiniteData<Paged<Row>>>;
  readonly loading: ReactNode;
  /** Stands for a list without rows; without it, such a list is a table without rows. */
  readonly empty?: ReactNode;
  /** Whether also a list that is complete says how many rows it has. */
  readonly isCounted?: boolean;
  readonly children: (rows: readonly Row[]) => ReactNode;
}

/** The rows of a list that is read page by page, with its footer. */
export function LoadedRows<Row>({ query, loading, empty, isCounted, children }: LoadedRowsProps<Row>) {
  return (
    <Loaded query={{ ...query, data: query.data && rowsOf(query.data) }} loading={loading}>
      {(rows) =>
        rows.length === 0 && empty !== undefined ? (
          empty
        ) : (
          <>
            {children(rows)}
            {query.hasNextPage || isCounted === true ? (
              <LoadMore query={query} shown={rows.length} onMore={() => void query.fetchNextPage()} />
            ) : null}
          </>
        )
      }
    </Loaded>
  );
}
