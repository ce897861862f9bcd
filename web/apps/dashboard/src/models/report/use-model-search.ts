import { getRouteApi } from '@tanstack/react-router';

import { useSearchOf } from '../../shell/use-search-of';
import { modelSearch, type DefinitionId } from './search';

const route = getRouteApi('/models/$version');

/** What the address asks for, and how to open and close a definition. */
export function useModelSearch() {
  const { of = 'to_work_with', sheet } = useSearchOf(modelSearch);
  const navigate = route.useNavigate();
  const show = (next: DefinitionId | undefined) => {
    void navigate({
      search: (search) => ({ ...search, sheet: next }),
      replace: next === undefined,
      resetScroll: false,
    });
  };
  return {
    of,
    sheet,
    open: show,
    close: () => {
      show(undefined);
    },
  };
}
