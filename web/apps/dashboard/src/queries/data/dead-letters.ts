import { getDeadLetter, listDeadLetters, send, type ListDeadLettersData, type QueryOf } from '@keepwell/api';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';

import { FIRST_PAGE, nextCursor } from '../pages';

const PAGE_SIZE = 50;

export type LettersFilter = Omit<QueryOf<ListDeadLettersData>, 'limit' | 'cursor'>;

export function deadLettersQuery(filter: LettersFilter) {
  return infiniteQueryOptions({
    queryKey: ['dead-letters', filter],
    queryFn: ({ signal, pageParam }) =>
      send(listDeadLetters({ query: { ...filter, limit: PAGE_SIZE, cursor: pageParam } }), { signal }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
  });
}

export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: ['dead-letter', id],
    queryFn: ({ signal }) => send(getDeadLetter({ path: { letter_id: id } }), { signal }),
  });
}
