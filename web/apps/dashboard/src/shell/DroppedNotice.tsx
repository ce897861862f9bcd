import { Callout } from '@keepwell/ui';
import { useLocation } from '@tanstack/react-router';

import { texts } from '../texts';
import { parsePlainSearch } from './plain-search';
import { droppedNames, type AnySpec } from './search';

/** Says which parts of the address the page cannot use. */
export function DroppedNotice({ spec }: { readonly spec: AnySpec }) {
  const { searchStr } = useLocation();
  const names = droppedNames(spec, parsePlainSearch(searchStr));
  if (names.length === 0) return null;
  const { title, detail } = texts.shell.dropped;
  return (
    <Callout tone="warning" title={title}>
      {detail(names.map((name) => `“${name.slice(0, 40)}”`).join(', '))}
    </Callout>
  );
}
