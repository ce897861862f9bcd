import { getImport, listImports, previewUndo, send, type ListImportsData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 25;

export type ImportsFilter = Pick<QueryOf<ListImportsData>, 'status'>;

/** The newest imports first. */
export function importsQuery(filter: ImportsFilter) {
  return infiniteQueryOptions({
    queryKey: ['imports', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listImports({ query: { ...filter, sort: '-started_at', limit: PAGE_SIZE, cursor: pageParam } }), {
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}

export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) => send(getImport({ path: { import_id: id } }), { signal }),
  });
}

/** What an undo would take back, and what keeps it from being undone. */
export function undoPreviewQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id, 'undo'],
    queryFn: ({ signal }) => send(previewUndo({ path: { import_id: id } }), { signal }),
  });
}
