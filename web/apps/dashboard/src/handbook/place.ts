import { useEffect, useState } from 'react';

import type { Operation, Schemas } from './openapi';
import { operationAnchor, schemaAnchor, tagAnchor } from './search';

/** The part of the handbook that is shown: one tag's operations, one schema, or one of the three others. */
export type Place = 'start' | 'schemas' | 'problems' | { readonly tag: string } | { readonly schema: string };

/** The part in which an anchor is; null if nothing has it. */
export function placeOf(
  anchor: string,
  groups: ReadonlyMap<string, readonly Operation[]>,
  schemas: Schemas,
): Place | null {
  if (/^(start|conventions|limits)?$/.test(anchor)) return 'start';
  if (anchor === 'schemas') return 'schemas';
  if (/^problem(s$|-)/.test(anchor)) return 'problems';
  const schema = Object.keys(schemas).find((name) => schemaAnchor(name) === anchor);
  if (schema !== undefined) return { schema };
  for (const [tag, operations] of groups) {
    if (tagAnchor(tag) === anchor || operations.some(({ id }) => operationAnchor(id) === anchor))
      return { tag };
  }
  return null;
}

/** The anchor in the page's address. */
export function useAnchor(): string {
  const [anchor, setAnchor] = useState(anchorNow);
  useEffect(() => {
    const changed = () => {
      setAnchor(anchorNow());
    };
    window.addEventListener('hashchange', changed);
    return () => {
      window.removeEventListener('hashchange', changed);
    };
  }, []);
  return anchor;
}

function anchorNow(): string {
  try {
    return decodeURIComponent(window.location.hash.slice(1));
  } catch {
    return window.location.hash.slice(1);
  }
}
