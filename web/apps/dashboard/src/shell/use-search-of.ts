import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';

import { readSearch, type SearchSpec } from './search';

/** What the page reads of the address. The router's own hook returns the rest of the address as well. */
export function useSearchOf<Search extends object>(spec: SearchSpec<Search>): Search {
  const raw = useSearch({ strict: false });
  return useMemo(() => readSearch(spec, raw), [spec, raw]);
}
